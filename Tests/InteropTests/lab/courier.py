"""A real Courier on loopback. It looks for its things in /etc/courier and /run/courier alone, so it runs in
namespaces of its own, where other folders lie over these; its login programs conflict with Dovecot's package, so
Deploy/test unpacks them without installing them. Needs root."""
import imaplib
import os
import pwd
import shlex
import shutil
import ssl
import subprocess

import generator
from cyrus import unpacked, wait_for
from dovecot import free_port, make_certificate

# The mail is that of a user with a name: for each that has none, gamin looks 1.2 s in vain for its server at each login.
OWNER = "courier"


class Courier:
    """IMAPS and POP3S for one user."""

    # Its POP3 service counts messages in a file of its own: what it answers can be learned, and not computed.
    computed = None

    def __init__(self, folder, user, password):
        self.folder, self.user, self.password = folder, user, password
        self.imaps, self.pop3s = free_port(), free_port()
        self.ca = os.path.join(folder, "ca.crt")
        self.maildir = os.path.join(folder, "mail", "Maildir")
        os.makedirs(folder)
        os.chmod(folder, 0o755)
        make_certificate(folder)
        self.write_configuration()

    def write_configuration(self):
        at = lambda *parts: os.path.join(self.folder, *parts)  # noqa: E731
        for part in ("etc/shared", "run/courier/authdaemon"):
            os.makedirs(at(part))
        for part in ("cur", "new", "tmp"):
            os.makedirs(os.path.join(self.maildir, part))
        self.give_to_owner()
        os.makedirs("/etc/courier", exist_ok=True)
        with open(at("etc", "authdaemonrc"), "w") as f:
            f.write(AUTHDAEMON)
        subprocess.run(["openssl", "dhparam", "-dsaparam", "-out", at("etc", "dhparams.pem"), "2048"], check=True,
                       capture_output=True)
        with open(at("server.crt")) as one, open(at("server.key")) as two, open(at("etc", "imapd.pem"), "w") as f:
            f.write(one.read() + two.read())
        for name in ("imapd.pem", "dhparams.pem"):
            os.chmod(at("etc", name), 0o600)
            shutil.chown(at("etc", name), "courier")
        hashed = subprocess.run(["openssl", "passwd", "-1", "-stdin"], input=self.password.encode(), check=True,
                                capture_output=True).stdout.decode().strip()
        with open(at("etc", "userdb"), "w") as f:
            owner = pwd.getpwnam(OWNER)
            f.write("%s\tuid=%d|gid=%d|home=%s|shell=/bin/false|systempw=%s\n" % (
                self.user, owner.pw_uid, owner.pw_gid, at("mail"), hashed))
        os.chmod(at("etc", "userdb"), 0o700)
        root = unpacked("courier")
        with open(at("start"), "w") as f:
            f.write(START.format(folder=shlex.quote(self.folder), login=root + "/usr/lib/courier/courier",
                                 programs=root + "/usr/bin",
                                 imaps=self.imaps, pop3s=self.pop3s))

    def give_to_owner(self):
        subprocess.run(["chown", "-R", OWNER + ":", os.path.join(self.folder, "mail")], check=True)

    def __enter__(self):
        with open(os.path.join(self.folder, "out.log"), "wb") as log:
            self.process = subprocess.Popen(
                ["unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child", "sh",
                 self.folder + "/start"], stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, start_new_session=True)
        for port in (self.imaps, self.pop3s):
            wait_for(port, self.process)
        # A Maildir that IMAP has never opened for writing gets a new UIDVALIDITY at each EXAMINE (protocol fact I-22).
        connection = imaplib.IMAP4_SSL("127.0.0.1", self.imaps, ssl_context=ssl.create_default_context(cafile=self.ca))
        connection.login(self.user, self.password)
        connection.select("INBOX")
        connection.logout()
        return self

    def deliver(self, number, octets):
        generator.deliver(self.maildir, number, octets)
        self.give_to_owner()

    def __exit__(self, *_):
        # With the first process of their namespace all others end, those too that have left its session.
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


AUTHDAEMON = """authmodulelist="authuserdb"
authmodulelistorig="authuserdb"
daemons=3
authdaemonvar=/run/courier/authdaemon
DEBUG_LOGIN=0
DEFAULTOPTIONS=""
LOGGEROPTS=""
"""

START = """set -eu
mount --bind {folder}/etc /etc/courier
mount --bind {folder}/run /run
makeuserdb
set -a
. /etc/courier/authdaemonrc
IMAP_CAPABILITY="IMAP4rev1 UIDPLUS CHILDREN NAMESPACE QUOTA IDLE"
IMAP_CAPABILITY_TLS="$IMAP_CAPABILITY AUTH=PLAIN"
IMAP_KEYWORDS=1 IMAP_ACL=0 IMAP_IDLE_TIMEOUT=60 IMAP_MAILBOX_SANITY_CHECK=1 IMAP_UMASK=022 IMAP_USELOCKS=1
IMAP_EMPTYTRASH="" IMAP_ENHANCEDIDLE=0 IMAP_CHECK_ALL_FOLDERS=0 IMAP_OBSOLETE_CLIENT=0 IMAP_DISABLETHREADSORT=0
IMAP_STARTTLS=NO IMAP_TLS_REQUIRED=0 POP3_STARTTLS=NO POP3_TLS_REQUIRED=0 POP3AUTH="" POP3AUTH_TLS=""
COURIERTLS=/usr/bin/couriertls TLS_CERTFILE=/etc/courier/imapd.pem TLS_DHPARAMS=/etc/courier/dhparams.pem
TLS_TRUSTCERTS=/etc/courier/imapd.pem TLS_VERIFYPEER=NONE MAILDIRPATH=Maildir
set +a
/usr/lib/courier/courier-authlib/authdaemond &
serve() {{
    port=$1; shift
    couriertcpd -address=127.0.0.1 -maxprocs=200 -maxperip=200 -nodnslookup -noidentlookup "$port" \\
        /usr/bin/couriertls -server -tcpd "$@" Maildir &
}}
serve {imaps} {login}/imaplogin {programs}/imapd
serve {pop3s} {login}/courierpop3login {login}/courierpop3d
wait
"""
