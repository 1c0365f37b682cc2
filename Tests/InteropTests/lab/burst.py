"""20,000 DELEs and QUIT in one burst: in seconds, each on record, none upstream."""
import threading
import time

import pop3
from lab import PASSWORD, USER, expect, field, world

COUNT = 20_000


def main():
    with world(count=COUNT) as here:
        gateway = here.gateway
        session = pop3.Session(gateway.tls, gateway.ca)
        session.login(USER + "#pc", PASSWORD)
        while not (reply := session.ask("STAT")).startswith("+OK"):
            expect("SYS/TEMP" in reply, "+OK or [SYS/TEMP], not " + reply)
        expect(reply.split()[1] == str(COUNT), "%d messages" % COUNT)
        burst = b"".join(b"DELE %d\r\n" % n for n in range(1, COUNT + 1)) + b"QUIT\r\n"
        begun = time.monotonic()
        sender = threading.Thread(target=session.send, args=(burst,))
        sender.start()
        good = sum(session.line().startswith("+OK") for _ in range(COUNT + 1))
        took = time.monotonic() - begun
        sender.join()
        session.close()
        print("%.2f s" % took)
        expect(good == COUNT + 1, "+OK to each, not to %d" % good)
        # Far more than it takes (about a second): a machine that is busy must not fail it, a quadratic cost must.
        expect(took < 15, "seconds, not %.2f" % took)
        records = gateway.records("--action", "dele")
        expect(len(records) == COUNT, "%d DELEs on record, not %d" % (COUNT, len(records)))
        asked = {repr(r).split("DELE ")[1].split("'")[0] for r in records}
        expect(len(asked) == COUNT and all(field(r, "event.action") == "dele" for r in records), "each once")
        session = pop3.Session(gateway.tls, gateway.ca)
        session.login(USER + "#pc", PASSWORD)
        expect(session.count() == 0, "nothing left for this device")
        session.quit()


if __name__ == "__main__":
    main()
