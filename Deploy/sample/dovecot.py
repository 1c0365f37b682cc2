"""A real Dovecot on loopback, from a configuration of its own: nothing of the machine's /etc is read or written."""
import grp
import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import time

MASTER, MASTER_PASSWORD = "lab-master", "lab-master-secret"


given_ports = set()


def free_port():
    """Each only once, and below those that the kernel gives to outgoing connections: nobody takes it before it is used."""
    while True:
        port = random.randrange(10_000, 32_768)
        with socket.socket() as s:
            try:
                s.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port not in given_ports:
            given_ports.add(port)
            return port


def make_certificate(folder, more_addresses=()):
    """A CA (ca.crt) and a certificate for localhost and 127.0.0.1 (server.crt, server.key) in `folder`."""
    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.crt", "-days", "30", "-subj", "/CN=Sample CA",
            "-addext", "keyUsage=critical,keyCertSign,cRLSign")
    openssl("req", *key, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost")
    with open(os.path.join(folder, "server.ext"), "w") as f:
        f.write("subjectAltName=DNS:localhost,IP:127.0.0.1%s\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n"
                % "".join(",IP:" + address for address in more_addresses))
    openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial",
            "-days", "30", "-extfile", "server.ext", "-out", "server.crt")


class Dovecot:
    """IMAP (STARTTLS) and IMAPS with one Maildir a user. With `pop3` also its own POP3S, as a measure for clients."""

    def __init__(self, folder, users, pop3=False):
        self.folder, self.users, self.pop3 = folder, users, pop3
        self.imap, self.imaps, self.pop3s = free_port(), free_port(), free_port()
        self.ca = os.path.join(folder, "ca.crt")
        self.log = os.path.join(folder, "dovecot.log")
        self.rawlog, self.pop3_rawlog = os.path.join(folder, "rawlog"), os.path.join(folder, "rawlog-pop3")
        self.configuration = os.path.join(folder, "dovecot.conf")
        self.mechanisms, self.passdbs = "plain login", ""
        # As root the mail belongs to a number that needs no entry in passwd; else to us.
        self.owner = (5000, 5000) if os.getuid() == 0 else (os.getuid(), os.getgid())
        os.makedirs(folder, exist_ok=True)
        os.chmod(folder, 0o755)
        for path in (self.rawlog, self.pop3_rawlog):
            os.makedirs(path, exist_ok=True)
            os.chmod(path, 0o777)
        make_certificate(folder)
        self.write_configuration()

    def maildir(self, user):
        path = os.path.join(self.folder, "mail", user, "Maildir")
        for part in ("cur", "new", "tmp"):
            os.makedirs(os.path.join(path, part), exist_ok=True)
        return path

    def give_to_owner(self):
        for base, folders, files in os.walk(os.path.join(self.folder, "mail")):
            for name in [base] + [os.path.join(base, x) for x in folders + files]:
                os.chown(name, *self.owner)

    def write_configuration(self):
        with open(os.path.join(self.folder, "users"), "w") as f:
            for user, password in self.users.items():
                f.write("%s:{PLAIN}%s:%d:%d::%s/mail/%s\n" % (user, password, *self.owner, self.folder, user))
        with open(os.path.join(self.folder, "masters"), "w") as f:
            f.write("%s:{PLAIN}%s\n" % (MASTER, MASTER_PASSWORD))
        text = TEMPLATE.format(**vars(self), protocols="imap pop3" if self.pop3 else "imap")
        if self.pop3:
            text += POP3.format(**vars(self))
        if os.getuid() != 0:
            text += UNPRIVILEGED.format(user=pwd.getpwuid(os.getuid()).pw_name,
                                        group=grp.getgrgid(os.getgid()).gr_name)
        with open(self.configuration, "w") as f:
            f.write(text)

    def start(self):
        binary = shutil.which("dovecot", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
        if binary is None:
            raise SystemExit("no dovecot: run Deploy/test")
        # In a session of its own, so that stopping it can be waited for and never reaches another Dovecot.
        self.process = subprocess.Popen([binary, "-F", "-c", self.configuration], start_new_session=True,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        end = time.monotonic() + 30
        while self.process.poll() is None and time.monotonic() < end:
            try:
                with socket.create_connection(("127.0.0.1", self.imap), 5) as s:
                    if s.recv(4) == b"* OK":
                        return self
            except OSError:
                select_pause()
        raise SystemExit("dovecot did not start: " + self.process.stderr.read1().decode(errors="replace")
                         if self.process.poll() is not None else "dovecot does not answer; see " + self.log)

    def stop(self, how=signal.SIGTERM):
        if self.process.poll() is None:
            if how == signal.SIGKILL:
                os.killpg(self.process.pid, how)
            else:
                self.process.send_signal(how)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
                raise SystemExit("dovecot did not stop within 30 s")
        self.process.stderr.close()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()


def select_pause():
    """Between two looks at whether a server answers yet."""
    time.sleep(0.02)


TEMPLATE = """
base_dir = {folder}/run
state_dir = {folder}/state
protocols = {protocols}
listen = 127.0.0.1
log_path = {log}
auth_failure_delay = 0
# No growing delay for an address whose logins fail: all tests share one.
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
ssl = yes
ssl_cert = <{folder}/server.crt
ssl_key = <{folder}/server.key
disable_plaintext_auth = no
auth_mechanisms = {mechanisms}
auth_verbose = yes
auth_master_user_separator = *
passdb {{
  driver = passwd-file
  master = yes
  args = {folder}/masters
  result_success = continue
}}
{passdbs}
passdb {{
  driver = passwd-file
  args = username_format=%u {folder}/users
}}
userdb {{
  driver = passwd-file
  args = username_format=%u {folder}/users
}}
mail_location = maildir:~/Maildir
maildir_stat_dirs = no
first_valid_uid = 1
first_valid_gid = 1
mail_max_userip_connections = 1000
namespace inbox {{
  inbox = yes
}}
rawlog_dir = {rawlog}
service stats {{
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
# All devices come from one address here: without this each wrong password would slow the next login, up to 15 s.
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
"""

POP3 = """
protocol pop3 {{
  rawlog_dir = {pop3_rawlog}
}}
service pop3-login {{
  inet_listener pop3 {{
    port = 0
  }}
  inet_listener pop3s {{
    port = {pop3s}
    ssl = yes
  }}
}}
"""

UNPRIVILEGED = """
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
}}
service pop3-login {{
  chroot =
}}
"""
