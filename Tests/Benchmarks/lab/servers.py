"""The mail server and today's best fronts, each from a configuration of its own on loopback: the fastest set-up we know
of each, so that what we are compared with is a peer at its best."""
import os
import resource
import signal
import socket
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "Deploy", "sample"))

from dovecot import free_port, make_certificate  # noqa: E402

NEAR, FAR = "10.77.0.1", "10.77.0.2"
OWNER = 5000  # of all mail: a number that needs no entry in passwd
ROUND_TRIP_MS = 40


class Server:
    """A process that answers on a port; `text` is its configuration, written to `file`."""

    def __init__(self, folder):
        self.folder = folder
        self.process = None
        for path in (folder, os.path.join(folder, "state")):
            os.makedirs(path, exist_ok=True)
            os.chmod(path, 0o755)

    def path(self, name):
        return os.path.join(self.folder, name)

    def launch(self, command, text, *ports, talks=False):
        """Waits until it answers on these ports. One that `talks` is told things on its standard input."""
        with open(self.path("configuration"), "w") as f:
            f.write(text)
        output = open(self.path("output"), "ab")
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE if talks else subprocess.DEVNULL,
                                        stdout=subprocess.PIPE if talks else output, stderr=output, text=True,
                                        start_new_session=True, preexec_fn=allow_all_files)
        output.close()
        end = time.monotonic() + 30
        waiting = list(ports)
        while self.process.poll() is None and time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", waiting[0]), 5).close()
                waiting.pop(0)
            except OSError:
                time.sleep(0.02)
            if not waiting:
                return self
        with open(self.path("output"), errors="replace") as f:
            raise SystemExit("%s did not start: %s" % (command[0], f.read()[-2000:]))

    def stop(self):
        """Also what it has started: its workers are in its session."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()


def allow_all_files():
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))


class Upstream(Server):
    """Dovecot with Maildirs: IMAPS, and its own POP3 on the same mail for direct comparison. It listens on loopback,
    and on the address that the far road leads to."""

    def __init__(self, folder, users):
        super().__init__(folder)
        self.imaps, self.pop3, self.pop3s = free_port(), free_port(), free_port()
        make_certificate(folder, more_addresses=[NEAR, FAR])
        self.ca = self.path("ca.crt")
        self.log = self.path("dovecot.log")
        with open(self.path("users"), "w") as f:
            for user in users:
                f.write("%s:{PLAIN}%s:%d:%d::%s\n" % (user, password(user), OWNER, OWNER, self.path("mail/" + user)))

    def maildir(self, user):
        path = self.path("mail/%s/Maildir" % user)
        for part in ("cur", "new", "tmp"):
            os.makedirs(os.path.join(path, part), exist_ok=True)
        return path

    def manifest(self, user):
        return self.path("mail/%s.tsv" % user)

    def give_to_owner(self):
        subprocess.run(["chown", "-R", "%d:%d" % (OWNER, OWNER), self.path("mail")], check=True)

    def start(self):
        text = DOVECOT.format(folder=self.folder, listen="127.0.0.1, " + NEAR, protocols="imap pop3", log=self.log)
        text += UPSTREAM.format(folder=self.folder, imaps=self.imaps)
        text += POP3.format(pop3=self.pop3, pop3s=self.pop3s)
        return self.launch(["dovecot", "-F", "-c", self.path("configuration")], text, self.pop3s, self.imaps)


class ImapcPeer(Server):
    """Dovecot's POP3 in front of a remote IMAP server. Its login in one step, its index kept between sessions."""
    name = "Dovecot imapc"

    def __init__(self, folder, upstream, host="127.0.0.1"):
        super().__init__(folder)
        self.upstream, self.host = upstream, host
        self.pop3s = free_port()
        os.makedirs(self.path("home"), exist_ok=True)
        os.chown(self.path("home"), OWNER, OWNER)

    def start(self):
        text = DOVECOT.format(folder=self.upstream.folder, listen="127.0.0.1", protocols="pop3",
                              log=self.path("dovecot.log"))
        text += IMAPC.format(folder=self.folder, host=self.host, port=self.upstream.imaps, ca=self.upstream.ca,
                             owner=OWNER)
        text += POP3.format(pop3=0, pop3s=self.pop3s)
        return self.launch(["dovecot", "-F", "-c", self.path("configuration")], text, self.pop3s)


class NginxPeer(Server):
    """nginx's mail proxy in front of the upstream's native POP3: it ends TLS and copies, and translates nothing."""
    name = "nginx mail"

    def __init__(self, folder, upstream):
        super().__init__(folder)
        self.upstream = upstream
        self.pop3s, self.authority = free_port(), free_port()

    def start(self):
        text = NGINX.format(folder=self.folder, tls=self.upstream.folder, pop3s=self.pop3s, authority=self.authority,
                            upstream=self.upstream.pop3,
                            files=resource.getrlimit(resource.RLIMIT_NOFILE)[1])
        return self.launch(["nginx", "-c", self.path("configuration"), "-p", self.folder, "-e", self.path("error.log")],
                           text, self.pop3s)


class FarRoad(Server):
    """What listens on NEAR is reached at FAR with a round trip of 40 ms, by real packets."""

    def __init__(self, folder, program):
        super().__init__(folder)
        self.program = program

    def start(self):
        subprocess.run(["ip", "address", "replace", NEAR + "/32", "dev", "lo"], check=True)
        self.process = subprocess.Popen([self.program, "far0", str(ROUND_TRIP_MS * 500)], stdin=subprocess.DEVNULL)
        for command in (["link", "set", "far0", "mtu", "1500", "txqueuelen", "10000", "up"],
                        ["route", "replace", FAR + "/32", "dev", "far0", "src", NEAR]):
            end = time.monotonic() + 5
            while subprocess.run(["ip", *command], capture_output=True).returncode != 0:
                if time.monotonic() > end or self.process.poll() is not None:
                    raise SystemExit("no far road: is there /dev/net/tun?")
                time.sleep(0.05)
        return self


def password(user):
    return "pw-" + user


DOVECOT = """
base_dir = {folder}/run-{protocols}
state_dir = {folder}/state
protocols = {protocols}
listen = {listen}
log_path = {log}
ssl = yes
ssl_cert = <{folder}/server.crt
ssl_key = <{folder}/server.key
ssl_min_protocol = TLSv1.2
disable_plaintext_auth = no
first_valid_uid = 1
first_valid_gid = 1
mail_max_userip_connections = 100000
namespace inbox {{
  inbox = yes
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
# Few processes for all logins, and workers that serve many sessions one after the other: no fork is measured.
default_client_limit = 18000
default_process_limit = 500
default_vsz_limit = 2G
"""

UPSTREAM = """
mail_location = maildir:~/Maildir
maildir_very_dirty_syncs = yes
maildir_stat_dirs = no
passdb {{
  driver = passwd-file
  args = username_format=%u {folder}/users
}}
userdb {{
  driver = passwd-file
  args = username_format=%u {folder}/users
}}
service imap-login {{
  service_count = 0
  process_min_avail = 2
  process_limit = 2
  client_limit = 18000
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service imap {{
  service_count = 1000
  process_min_avail = 2
  process_limit = 8000
}}
"""

POP3 = """
service pop3-login {{
  service_count = 0
  process_min_avail = 2
  process_limit = 2
  client_limit = 18000
  inet_listener pop3 {{
    port = {pop3}
  }}
  inet_listener pop3s {{
    port = {pop3s}
    ssl = yes
  }}
}}
service pop3 {{
  service_count = 1000
  process_min_avail = 2
  process_limit = 8000
}}
"""

IMAPC = """
mail_location = imapc:~/imapc
imapc_host = {host}
imapc_port = {port}
imapc_ssl = imaps
imapc_ssl_verify = yes
ssl_client_ca_file = {ca}
imapc_features = rfc822.size fetch-headers
pop3_fast_size_lookups = yes
passdb {{
  driver = static
  args = nopassword=y
  default_fields = userdb_uid={owner} userdb_gid={owner} userdb_home={folder}/home/%u userdb_imapc_user=%u userdb_imapc_password=%w
}}
userdb {{
  driver = prefetch
}}
"""

NGINX = """
load_module /usr/lib/nginx/modules/ngx_mail_module.so;
daemon off;
user root;
worker_processes 2;
worker_rlimit_nofile {files};
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 9000; multi_accept on; }}
http {{
  access_log off;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{
    listen 127.0.0.1:{authority};
    location = /auth {{
      add_header Auth-Status OK;
      add_header Auth-Server 127.0.0.1;
      add_header Auth-Port {upstream};
      return 204;
    }}
  }}
}}
mail {{
  auth_http 127.0.0.1:{authority}/auth;
  proxy_pass_error_message on;
  pop3_auth plain;
  pop3_capabilities TOP USER UIDL;
  proxy_timeout 10m;
  ssl_certificate {tls}/server.crt;
  ssl_certificate_key {tls}/server.key;
  ssl_protocols TLSv1.2 TLSv1.3;
  server {{ listen 127.0.0.1:{pop3s} ssl; protocol pop3; }}
}}
"""
