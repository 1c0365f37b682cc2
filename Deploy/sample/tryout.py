"""What Deploy/try does once the release is built: a mail server, Leavecopy, three polls, the comparison, the record."""
import argparse
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.parse

import mailbox
import upstream
from dovecot import MASTER, MASTER_PASSWORD, Dovecot
from gateway import Leavecopy, port_if_free

USER, PASSWORD, COUNT = "info@example.com", "sample", 40


def poll(gateway, folder, tag, times, leaves_copy=False):
    """fetchmail as device `tag`; the number of messages it got in each poll."""
    home = os.path.join(folder, tag)
    os.makedirs(os.path.join(home, "mail"), mode=0o700, exist_ok=True)
    settings = os.path.join(home, "fetchmailrc")
    with open(os.open(settings, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as f:
        # The delivery program writes one file a message: what is counted is what has arrived.
        f.write('poll localhost protocol pop3 port %d auth password uidl user "%s#%s" password "%s" %s\n'
                'ssl sslproto "TLS1.2+" sslcertck sslcertfile "%s" mda "%s"\n'
                % (gateway.tls, USER, tag, PASSWORD, "keep" if leaves_copy else "nokeep", gateway.ca,
                   deliverer(home)))
    arrived, before = [], len(os.listdir(os.path.join(home, "mail")))
    for _ in range(times):
        done = subprocess.run(["fetchmail", "-f", settings, "--nodetach", "--nosyslog", "--pidfile", home + "/pid"],
                              env={**os.environ, "FETCHMAILHOME": home, "HOME": home}, capture_output=True, timeout=300)
        if done.returncode not in (0, 1):  # 1: no new mail
            raise SystemExit("fetchmail: " + (done.stderr or done.stdout).decode(errors="replace").strip())
        now = len(os.listdir(os.path.join(home, "mail")))
        arrived.append(now - before)
        before = now
    return arrived


def deliverer(home):
    path = os.path.join(home, "deliver")
    with open(path, "w") as f:
        f.write('#!/bin/sh\nexec cat >"$(mktemp %s/mail/XXXXXXXX)"\n' % home)
    os.chmod(path, 0o700)
    return path


def usual_ports():
    """Where one looks for it, if nobody else is there."""
    return {"ports": (port_if_free(1995), port_if_free(1110)), "review": port_if_free(8995)}


def sample(binary, folder, **ports):
    """Gives the running server and gateway, and whether everything was as promised. What fails leaves nothing running."""
    with contextlib.ExitStack() as running:
        result = begin(binary, folder, running, ports)
        running.pop_all()
        return result


def begin(binary, folder, running, ports):
    server = Dovecot(os.path.join(folder, "dovecot"), {USER: PASSWORD})
    mailbox.fill(server.maildir(USER), COUNT)
    server.give_to_owner()
    running.callback(server.stop)
    server.start()
    look = lambda: upstream.picture("127.0.0.1", server.imaps, server.ca, USER + "*" + MASTER, MASTER_PASSWORD)
    before, files = look(), upstream.files(server.maildir(USER))
    gateway = Leavecopy(binary, os.path.join(folder, "leavecopy"), "imaps://127.0.0.1:%d" % server.imaps, server.ca,
                        **ports)
    running.callback(gateway.stop)
    gateway.start()
    # The one is set wrong, and deletes all that it gets; the other leaves a copy.
    frontdesk, sales = poll(gateway, folder, "frontdesk", 2), poll(gateway, folder, "sales", 1, leaves_copy=True)
    print("\nfrontdesk: %d new, then %d new; sales: %d new" % (*frontdesk, *sales))
    changes = upstream.differences(before, look()) + upstream.differences(files, upstream.files(server.maildir(USER)))
    print("upstream: %d messages, %s" % (len(before) - 1, "UIDs, flags (\\Recent too) and octets unchanged"
                                         if not changes else "CHANGED:\n  " + "\n  ".join(changes)))
    counts, forbidden = upstream.commands(server.rawlog)
    print("what the mail server was sent: " + ", ".join("%s %d" % pair for pair in sorted(counts.items()))
          + "".join("\nNOT ALLOWED: " + line for line in forbidden))
    verified = gateway.command("audit", "verify").strip()
    print("\nThe record (leavecopy audit list):\n\n" + gateway.command("audit", "list").rstrip() + "\n\n" + verified)
    good = frontdesk == [COUNT, 0] and sales == [COUNT] and not changes and not forbidden
    return server, gateway, good


def settings(gateway, host, user, password):
    print("""
Try it with your own mail program, with "leave a copy on the server" off:

  account type   POP3                    incoming server   127.0.0.1
  port           %-5d  SSL/TLS          (or %d with STARTTLS)
  user name      %s#mypc      password   %s
  trust this CA  %s

The word behind # names the PC. The mail server behind it is %s.

Read in a browser what was asked for and what became of it. Look for a mail by a word of its subject:

  page           %s/
  token          %s
  to read only   %s

Or in a terminal:  %s audit list --config %s
""" % (gateway.tls, gateway.starttls, user, password, gateway.ca, host, gateway.page, gateway.token("you", "operator"),
       gateway.token("reader", "reader"), gateway.binary, gateway.file), flush=True)


def main():
    parser = argparse.ArgumentParser(prog="Deploy/try", description="Try Leavecopy with a sample or a real mail server.")
    parser.add_argument("--binary", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--upstream", metavar="imaps://HOST", help="front this mail server; no sample is made")
    parser.add_argument("--upstream-ca", metavar="FILE", help="the CA of its certificate, when the system has it not")
    options = parser.parse_args()
    if options.upstream and urllib.parse.urlsplit(options.upstream).scheme not in ("imaps", "imap"):
        parser.error("--upstream wants imaps://HOST or imap://HOST")
    for name in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, lambda *_: sys.exit(143))
    folder = tempfile.mkdtemp(prefix="leavecopy-try.")
    os.chmod(folder, 0o755)
    running, good = [], True
    try:
        if options.upstream:
            gateway = Leavecopy(options.binary, folder, options.upstream, options.upstream_ca, **usual_ports()).start()
            running = [gateway]
            settings(gateway, options.upstream, "YOUR-LOGIN", "as at the mail server")
        else:
            server, gateway, good = sample(options.binary, folder, **usual_ports())
            running = [gateway, server]
            if not good:
                sys.exit("\nDeploy/try: this is NOT as promised (see above)")
            settings(gateway, "a Dovecot with the sample", USER, PASSWORD)
        if sys.stdin.isatty():
            print("Ctrl-C ends it and removes everything.", flush=True)
            try:
                signal.pause()
            except KeyboardInterrupt:
                print()
    finally:
        for process in running:
            process.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
