"""Three things wrong in one file: three lines, each with its place, and exit status 78."""
import os
import re
import subprocess
import tempfile

from lab import binary, expect


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "leavecopy.yaml")
        with open(path, "w") as f:
            f.write("state: %s/state\nupstream:\n  url: imaps://mail.example.com\nlissteners: []\nlisteners:\n"
                    "  - tls: implicit\n    port: 70000\n    certificate: %s/none.pem\n    key: %s/none.key\n"
                    % (folder, folder, folder))
        done = subprocess.run([binary(), "serve", "--config", path], capture_output=True, text=True, timeout=60)
        lines = (done.stdout + done.stderr).splitlines()
        expect(done.returncode == 78, "exit status 78, not %d: %s" % (done.returncode, lines))
        for number, word in ((4, "listeners"), (7, "65535"), (8, "none.pem")):
            match = [x for x in lines if re.match(re.escape(path) + ":%d(:[0-9]+)?: ." % number, x)]
            expect(len(match) == 1 and word in match[0].replace(",", "").replace("_", ""),
                   "one line for line %d that says '%s', not %s" % (number, word, lines))
        expect(not os.path.exists(os.path.join(folder, "state", "state.db")), "nothing written")


if __name__ == "__main__":
    main()
