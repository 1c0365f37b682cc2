"""TLS versions by openssl s_client: 1.2 and 1.3 on a modern listener, 1.0 and 1.1 on a legacy one alone; login without
TLS only where the network is named."""
import subprocess

import pop3
from lab import PASSWORD, USER, expect, free_port, need, world


def handshake(port, ca, *options):
    """Whether a POP3 greeting came through TLS."""
    done = subprocess.run(["openssl", "s_client", "-connect", "127.0.0.1:%d" % port, "-CAfile", ca, "-quiet",
                           "-verify_return_error", *options],
                          input=b"QUIT\r\n", capture_output=True, timeout=60)
    return b"+OK" in done.stdout


def main():
    need("openssl")
    legacy, plain = free_port(), free_port()
    listeners = ("- {name: old, address: 127.0.0.1, port: %d, tls: implicit, profile: legacy, "
                 "allowed-from: [127.0.0.0/8]}\n"
                 "- {name: scanner, address: 127.0.0.1, port: %d, tls: starttls, "
                 "plaintext: {allowed-from: [127.0.0.1/32]}}" % (legacy, plain))
    old = ("-cipher", "DEFAULT@SECLEVEL=0")
    with world(count=3, listeners=listeners) as here:
        gateway, ca = here.gateway, here.gateway.ca
        for version in ("-tls1_2", "-tls1_3"):
            expect(handshake(gateway.tls, ca, version), version + " on the modern listener")
            expect(handshake(legacy, ca, version), version + " on the legacy listener")
            expect(handshake(gateway.starttls, ca, version, "-starttls", "pop3"), version + " by STLS")
        for version in ("-tls1", "-tls1_1"):
            expect(not handshake(gateway.tls, ca, version, *old), version + " refused on the modern listener")
            expect(handshake(legacy, ca, version, *old), version + " on the legacy listener")
        expect(handshake(gateway.tls, ca, "-tls1_2", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256"), "an RSA certificate")
        expect(handshake(gateway.tls, ca, "-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256"), "an ECDSA one")
        expect(handshake(gateway.tls, ca, "-alpn", "pop3"), "ALPN pop3")
        expect(not handshake(gateway.tls, ca, "-alpn", "h2,http/1.1"), "ALPN of HTTP refused")
        session = pop3.Session(plain, tls=None)
        session.login(USER + "#scanner", PASSWORD)
        expect(pop3.digest(session.retr(1)) == here.manifest[0], "mail without TLS where it is allowed")
        session.quit()


if __name__ == "__main__":
    main()
