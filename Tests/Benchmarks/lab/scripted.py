"""A mail server of invented mailboxes: every user has `messages` messages, and logs in with any password. For many
sessions and huge mailboxes, where a real server would be what is measured.

usage: scripted.py PORT FOLDER MESSAGES     certificate in FOLDER; runs until it is ended

A line on standard input is obeyed: `deliver` puts one message more into each mailbox, `report` does nothing. Each is
answered with the commands since the last one, the connections that are open, and the most there were, as JSON.
"""
import asyncio
import json
import os
import re
import ssl
import sys

from servers import Server, free_port, make_certificate

BODY = b"From: c@example.net\r\nSubject: invented\r\n\r\n" + b"A line of an invented message.\r\n" * 40
CAPABILITY = b"CAPABILITY IMAP4rev1 SASL-IR LITERAL+ ESEARCH ID"


class Mailboxes:
    def __init__(self, messages):
        self.messages = messages
        self.commands, self.open, self.most = [], 0, 0

    def listing(self, first):
        """The untagged answers from UID `first` on; `n:*` names the last one at least."""
        first = min(first, self.messages)
        line = b'* %d FETCH (UID %d RFC822.SIZE %d INTERNALDATE "14-Nov-2023 22:13:20 +0000")\r\n'
        return b"".join(line % (n, n, len(BODY)) for n in range(first, self.messages + 1))

    def uids(self, text):
        for part in text.split(b","):
            low, _, high = part.partition(b":")
            low = self.messages if low == b"*" else int(low)
            high = low if not high else self.messages if high == b"*" else int(high)
            yield from range(min(low, high), min(max(low, high), self.messages) + 1)

    def fetch(self, text, items):
        if b"BODY" not in items:
            return self.listing(int(re.match(rb"\d+", text)[0]))
        item = re.search(rb"BODY(?:\.PEEK)?(\[[^]]*\])", items)[1]
        octets = BODY[:BODY.index(b"\r\n\r\n") + 4] if b"HEADER" in item else BODY
        return b"".join(b"* %d FETCH (UID %d BODY%s {%d}\r\n%s)\r\n" % (n, n, item, len(octets), octets)
                        for n in self.uids(text))

    def search(self, arguments):
        if b"RETURN" in arguments:
            return b"* ESEARCH (TAG \"%s\") UID ALL 1:" + b"%d\r\n" % self.messages
        return b"* SEARCH " + b" ".join(b"%d" % n for n in range(1, self.messages + 1)) + b"\r\n"

    def answer(self, verb, arguments):
        """The untagged part, and the tagged one without its tag."""
        if verb in (b"UID FETCH", b"FETCH"):
            text, _, items = arguments.partition(b" ")
            return self.fetch(text, items.upper()), b"OK done"
        if verb == b"UID SEARCH":
            return self.search(arguments.upper()), b"OK done"
        if verb == b"EXAMINE":
            return (b"* FLAGS (\\Seen \\Deleted)\r\n* %d EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY 7] ok\r\n"
                    b"* OK [UIDNEXT %d] ok\r\n" % (self.messages, self.messages + 1)), b"OK [READ-ONLY] done"
        if verb == b"NOOP":
            return b"* %d EXISTS\r\n" % self.messages, b"OK done"
        if verb == b"CAPABILITY":
            return b"* " + CAPABILITY + b"\r\n", b"OK done"
        if verb == b"ID":
            return b'* ID ("name" "invented")\r\n', b"OK done"
        if verb in (b"LOGIN", b"AUTHENTICATE"):
            return b"", b"OK [" + CAPABILITY + b"] logged in"
        if verb in (b"LOGOUT", b"UNSELECT"):
            return b"* BYE\r\n" if verb == b"LOGOUT" else b"", b"OK done"
        return b"", b"BAD not understood"

    async def serve(self, reader, writer):
        self.open += 1
        self.most = max(self.most, self.open)
        try:
            writer.write(b"* OK [" + CAPABILITY + b"] invented\r\n")
            while True:
                line = await reader.readline()
                if not line:
                    break
                literal = re.search(rb"\{(\d+)\+?\}\r\n$", line)
                if literal:
                    line = line[:literal.start()] + await reader.readexactly(int(literal[1])) + await reader.readline()
                tag, _, rest = line.rstrip(b"\r\n").partition(b" ")
                words = rest.split(b" ", 2)
                verb = words[0].upper()
                if verb == b"UID":
                    verb, rest = b"UID " + words[1].upper(), rest.split(b" ", 1)[1]
                self.commands.append(verb.decode("ascii", "replace"))
                untagged, status = self.answer(verb, rest.partition(b" ")[2])
                writer.write(untagged.replace(b"%s", tag) if verb == b"UID SEARCH" else untagged)
                writer.write(tag + b" " + status + b"\r\n")
                await writer.drain()
                if verb == b"LOGOUT":
                    break
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self.open -= 1
            writer.close()

    def obey(self, word):
        if word == "deliver":
            self.messages += 1
        print(json.dumps({"commands": self.commands, "open": self.open, "most": self.most}), flush=True)
        self.commands, self.most = [], self.open


class Scripted(Server):
    """Such a server as a process of its own."""

    def __init__(self, folder, messages):
        super().__init__(folder)
        make_certificate(folder)
        self.port, self.ca, self.messages = free_port(), self.path("ca.crt"), messages

    def start(self):
        return self.launch([sys.executable, "-B", os.path.abspath(__file__), str(self.port), self.folder,
                            str(self.messages)], "", self.port, talks=True)

    def tell(self, word):
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


async def main():
    port, folder, messages = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(os.path.join(folder, "server.crt"), os.path.join(folder, "server.key"))
    mailboxes = Mailboxes(messages)
    await asyncio.start_server(mailboxes.serve, "127.0.0.1", port, ssl=context, backlog=1024, limit=1 << 20)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        mailboxes.obey(line.strip())


if __name__ == "__main__":
    asyncio.run(main())
