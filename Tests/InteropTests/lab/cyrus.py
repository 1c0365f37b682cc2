"""A real Cyrus on loopback, from a configuration of its own: nothing of the machine's /etc is read or written. Its IMAP
and POP3 programs conflict with Dovecot's package, so Deploy/test unpacks them without installing them. Needs root."""
import imaplib
import os
import shutil
import signal
import socket
import ssl
import subprocess
import time

from dovecot import free_port, make_certificate, select_pause

ADMINISTRATOR, ADMINISTRATOR_PASSWORD = "cyrus", "lab-administrator"
TOOLS = "/usr/lib/cyrus/bin"


def unpacked(name):
    here = os.path.dirname(os.path.abspath(__file__))
    root = os.path.join(here, "..", "..", "..", ".build", "servers", name)
    if not os.path.isdir(root):
        raise SystemExit("no %s: run Deploy/test" % name)
    return os.path.realpath(root)


def wait_for(port, process, greeting=b""):
    end = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < end:
        try:
            with socket.create_connection(("127.0.0.1", port), 5) as s:
                if not greeting or s.recv(len(greeting)) == greeting:
                    return
        except OSError:
            pass
        select_pause()
    raise SystemExit("no server answers at port %d" % port)


class Cyrus:
    """IMAPS and POP3S for one user, `name@domain`."""

    computed = "cyrus"

    def __init__(self, folder, user, password):
        self.folder, self.user, self.password = folder, user, password
        self.imaps, self.pop3s = free_port(), free_port()
        self.ca = os.path.join(folder, "ca.crt")
        self.programs = os.path.join(unpacked("cyrus"), "usr", "lib", "cyrus", "bin")
        os.makedirs(folder)
        os.chmod(folder, 0o755)
        make_certificate(folder)
        self.write_configuration()

    def write_configuration(self):
        at = lambda *parts: os.path.join(self.folder, *parts)  # noqa: E731
        for part in ("socket", "db", "proc", "lock", "log"):
            os.makedirs(at("conf", part))
        os.makedirs(at("spool"))
        with open(at("server.crt")) as one, open(at("server.key")) as two, open(at("server.pem"), "w") as f:
            f.write(one.read() + two.read())
        with open(at("imapd.conf"), "w") as f:
            f.write(IMAPD.format(folder=self.folder))
        with open(at("cyrus.conf"), "w") as f:
            f.write(MASTER.format(tools=TOOLS, **vars(self)))
        for name, secret in (("%s@localhost" % ADMINISTRATOR, ADMINISTRATOR_PASSWORD), (self.user, self.password)):
            local, _, domain = name.partition("@")
            subprocess.run(["saslpasswd2", "-p", "-c", "-f", at("sasldb2"), "-u", domain, local], check=True,
                           input=secret.encode(), capture_output=True)
        subprocess.run(["chown", "-R", "cyrus:mail", self.folder], check=True)

    def __enter__(self):
        with open(os.path.join(self.folder, "out.log"), "wb") as log:
            self.process = subprocess.Popen(
                [os.path.join(TOOLS, "master"), "-C", self.folder + "/imapd.conf", "-M", self.folder + "/cyrus.conf",
                 "-p", self.folder + "/master.pid"], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True)
        for port in (self.imaps, self.pop3s):
            wait_for(port, self.process)
        with self.connect(ADMINISTRATOR, ADMINISTRATOR_PASSWORD) as administrator:
            status, answer = administrator.create('"user/%s"' % self.user)
            if status != "OK":
                raise SystemExit("cyrus made no mailbox: %s" % answer)
        self.sender = self.connect(self.user, self.password)
        return self

    def connect(self, user, password):
        connection = imaplib.IMAP4_SSL("127.0.0.1", self.imaps, ssl_context=ssl.create_default_context(cafile=self.ca))
        connection.login(user, password)
        return connection

    def deliver(self, number, octets):
        status, answer = self.sender.append("INBOX", None, None, octets.replace(b"\n", b"\r\n"))
        if status != "OK":
            raise SystemExit("cyrus took no message: %s" % answer)

    def __exit__(self, *_):
        self.sender.shutdown()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


IMAPD = """configdirectory: {folder}/conf
proc_path: {folder}/conf/proc
mboxname_lockpath: {folder}/conf/lock
defaultpartition: default
partition-default: {folder}/spool
admins: cyrus
servername: localhost
unixhierarchysep: yes
altnamespace: yes
virtdomains: userid
defaultdomain: localhost
allowplaintext: no
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: {folder}/sasldb2
sasl_mech_list: PLAIN LOGIN
tls_server_cert: {folder}/server.pem
tls_server_key: {folder}/server.pem
tls_sessions_db_path: {folder}/conf/tls_sessions.db
lmtpsocket: {folder}/conf/socket/lmtp
idlesocket: {folder}/conf/socket/idle
notifysocket: {folder}/conf/socket/notify
popminpoll: 0
maxlogins_per_host: 0
maxlogins_per_user: 0
duplicatesuppression: no
"""

MASTER = """START {{
  recover cmd="{tools}/ctl_cyrusdb -C {folder}/imapd.conf -r"
}}
SERVICES {{
  imaps cmd="{programs}/imapd -C {folder}/imapd.conf -s" listen="127.0.0.1:{imaps}" prefork=1
  pop3s cmd="{programs}/pop3d -C {folder}/imapd.conf -s" listen="127.0.0.1:{pop3s}" prefork=0
}}
EVENTS {{
  checkpoint cmd="{tools}/ctl_cyrusdb -C {folder}/imapd.conf -c" period=30
}}
"""
