"""Logins by SCRAM-SHA-256, XOAUTH2 and OAUTHBEARER: from real clients, through Leavecopy, to a Dovecot that asks an OAuth
server about each token. A bad token is refused as a wrong password is, and no secret is on record or in the log.
"""
import base64
import concurrent.futures
import contextlib
import http.server
import json
import os
import poplib
import ssl
import subprocess
import threading
import urllib.parse

import pop3
from lab import PASSWORD, USER, expect, field, need, world

TOKEN, STALE = "ya29.Good-Canary_token~/+" + "x" * 1800, "ya29.Stale-Canary"
REFUSED = "-ERR [AUTH] authentication failed"


class Introspection(http.server.BaseHTTPRequestHandler):
    """RFC 7662, as far as Dovecot asks: whose token it is, and whether it is still good."""
    asked = []

    def do_GET(self):
        token = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)["token"][0]
        self.asked.append(token)
        text = json.dumps({"active": True, "username": USER} if token == TOKEN else {"active": False}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def introspection():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Introspection) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def token_response(mechanism, token):
    start = "user=%s" % USER if mechanism == "XOAUTH2" else "n,a=%s,\1host=localhost\1port=995" % USER
    return base64.b64encode(("%s\1auth=Bearer %s\1\1" % (start, token)).encode()).decode()


def authenticate(gateway, mechanism, token, at_once):
    """The reply to AUTH, and STAT's when it is +OK."""
    session = pop3.Session(gateway.tls, gateway.ca)
    response = token_response(mechanism, token)
    if at_once:
        reply = session.ask("AUTH %s %s" % (mechanism, response))
    else:
        expect(session.ask("AUTH " + mechanism).strip() == "+", "a challenge that is empty")
        reply = session.ask(response)
    stat = session.ok("STAT") if reply.startswith("+OK") else ""
    session.send(b"QUIT\r\n")
    session.close()
    return reply, stat


def curl(gateway, mechanism, token, *options):
    return subprocess.run(["curl", "-sS", "--max-time", "60", "--cacert", gateway.ca, "--oauth2-bearer", token,
                           "--user", USER + ":", "--login-options", "AUTH=" + mechanism, *options,
                           "pop3s://127.0.0.1:%d/" % gateway.tls], capture_output=True, text=True)


def by_password(here):
    client = poplib.POP3_SSL("127.0.0.1", here.gateway.tls, timeout=60,
                             context=ssl.create_default_context(cafile=here.gateway.ca))
    expect(client.capa().get("SASL") == ["PLAIN", "LOGIN", "XOAUTH2", "OAUTHBEARER"], "the mechanisms in CAPA")
    client.user(USER + "#pc")
    client.pass_(PASSWORD)
    expect(client.stat()[0] == len(here.manifest), "all mail by SCRAM")
    client.quit()
    wrong = pop3.Session(here.gateway.tls, here.gateway.ca)
    wrong.ok("USER " + USER)
    expect(wrong.ask("PASS wrong-Canary") == REFUSED, "a wrong password to be refused")
    wrong.close()


def by_token(here, upstream):
    # Side by side: a refusal takes its time.
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for part in [pool.submit(by_mechanism, here, name, upstream) for name in ("XOAUTH2", "OAUTHBEARER")]:
            part.result()
    expect(STALE + "XOAUTH2" + upstream in Introspection.asked, "the stale token to be asked about")
    expect(Introspection.asked.count(STALE + "XOAUTH2" + upstream) == 1, "the same stale token asked about once")


def by_mechanism(here, mechanism, upstream):
    gateway, count = here.gateway, len(here.manifest)
    for at_once in (True, False):
        reply, stat = authenticate(gateway, mechanism, TOKEN, at_once)
        expect(stat.startswith("+OK %d " % count), "all mail by %s, not %s %s" % (mechanism, reply, stat))
    for options in ((), ("--sasl-ir",)):
        listed = curl(gateway, mechanism, TOKEN, *options)
        expect(listed.returncode == 0 and len(listed.stdout.split("\n")) - 1 == count,
               "curl to list all mail by %s, not %s%s" % (mechanism, listed.stdout[:200], listed.stderr))
    reply, _ = authenticate(gateway, mechanism, STALE + mechanism + upstream, True)
    expect(reply == REFUSED, "a stale token to be refused, not " + reply)
    stale = curl(gateway, mechanism, STALE + mechanism + upstream)
    expect(stale.returncode == 67, "curl to say that the login was denied, not %d" % stale.returncode)


def keep_hash(server):
    """Of this password Dovecot now keeps what SCRAM cannot use; it offers SCRAM all the same."""
    hashed = subprocess.run(["doveadm", "pw", "-s", "SHA512-CRYPT", "-p", PASSWORD], check=True, capture_output=True,
                            text=True).stdout.strip()
    with open(os.path.join(server.folder, "users"), "r+") as f:
        text = f.read().replace("{PLAIN}" + PASSWORD, hashed)
        f.seek(0)
        f.truncate()
        f.write(text)


def methods(here, since):
    """The mechanisms of Dovecot's successful logins, as it names them itself, from an offset of its log on."""
    with open(here.server.log, errors="replace") as f:
        f.seek(since)
        return {line.split("method=")[1].split(",")[0] for line in f if "Login: user=<" + USER + ">" in line}


def no_secrets(here):
    records = here.gateway.records()
    text = json.dumps(records, ensure_ascii=False) + here.gateway.text()
    for mechanism in ("SCRAM-SHA-256", "XOAUTH2", "OAUTHBEARER"):
        expect("AUTHENTICATE %s •••" % mechanism in text, "%s in the guard's transcript" % mechanism)
    secrets = [PASSWORD, "wrong-Canary", TOKEN[:20], STALE]
    for secret in secrets + [base64.b64encode(b"x" * n + s.encode())[4:24].decode() for n in range(3) for s in secrets]:
        expect(secret not in text, "no secret on record or in the log, but there is " + secret)
    refusals = [record for record in records if "wrong credentials" in json.dumps(record)]
    expect(len(refusals) >= 5, "each refusal on record")
    for folder, _, names in os.walk(here.gateway.state):
        for name in names:
            with open(os.path.join(folder, name), "rb") as f:
                data = f.read()
            expect(not any(secret.encode() in data for secret in secrets), "no secret in " + name)


def main():
    need("curl", "doveadm")
    with introspection() as port:
        def configure(server):
            path = os.path.join(server.folder, "oauth2.conf")
            with open(path, "w") as f:
                f.write("introspection_mode = get\nintrospection_url = http://127.0.0.1:%d/introspect?token=\n"
                        "username_attribute = username\nactive_attribute = active\nactive_value = true\n" % port)
            server.mechanisms = "plain login scram-sha-256 xoauth2 oauthbearer"
            server.passdbs = "passdb {\n  driver = oauth2\n  mechanisms = xoauth2 oauthbearer\n  args = %s\n}" % path

        with world(count=5, configure=configure,
                   keys="identify: [tag]\nlimits:\n  per-address: 1000", upstream_keys="login-cache: 0") as here:
            begun = os.path.getsize(here.server.log)
            by_password(here)
            expect(methods(here, begun) == {"SCRAM-SHA-256"}, "SCRAM at Dovecot, not %s" % methods(here, begun))
            by_token(here, "oauthbearer")
            expect(methods(here, begun) == {"SCRAM-SHA-256", "OAUTHBEARER"}, "OAUTHBEARER at Dovecot")
            here.server.stop()
            here.server.mechanisms = "plain xoauth2"
            here.server.write_configuration()
            here.server.start()
            by_token(here, "xoauth2")
            seen = methods(here, begun)
            expect(seen == {"SCRAM-SHA-256", "OAUTHBEARER", "XOAUTH2"}, "XOAUTH2 at Dovecot, not %s" % seen)
            here.server.stop()
            here.server.mechanisms = "plain scram-sha-256"
            here.server.write_configuration()
            keep_hash(here.server)
            begun = os.path.getsize(here.server.log)
            here.server.start()
            reply, _ = authenticate(here.gateway, "XOAUTH2", TOKEN, True)
            expect(reply.startswith("-ERR [SYS/PERM]"), "a token that no mechanism takes, not " + reply)
            by_password(here)
            expect(methods(here, begun) == {"PLAIN"}, "PLAIN for an account that SCRAM does not know")
            no_secrets(here)
            print("Dovecot saw " + ", ".join(sorted(seen)))


if __name__ == "__main__":
    main()
