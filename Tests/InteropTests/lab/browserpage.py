"""The review page in a real browser, over the sample of Deploy/try: from a word of a subject to the answer, giving a mail
back, both languages, exports, hostile mail, other eyes and hands. Pictures of the pages are left in the folder that
LEAVECOPY_PICTURES names."""
import base64
import contextlib
import csv
import hashlib
import io
import json
import os
import shutil
import sys
import tempfile

import browserchecks
import pop3
import tryout
from browser import browsers
from lab import binary, expect, field, need, signal

HOSTILE = {
    "script": "<script>document.title = 'owned'</script>",
    "markup": "\"'><img src=x onerror=\"document.title='owned'\">",
    # A quote with an accent is one letter to a program, and still a quote to a browser.
    "accent": "x\"\u0301 autofocus onfocus=document.title='owned' y=\"\u0301",
    "terminal": "\x1b]0;owned\x07\x1b[31mred",
    "backwards": "invoice\u202egnp.exe",
    "formula": "=HYPERLINK(\"http://evil.example/\",\"click\")",
}
SENTENCES = {
    "en": ("asked to delete this mail", "told yes", "Nothing was deleted", "still on the server"),
    "ja": ("このメールの削除を要求しました", "応答は「はい」", "メールは削除されていません", "今もサーバーにあります"),
}


class Office:
    """What is running, and who looks at it."""

    def __init__(self, server, gateway, folder, window, pictures):
        self.server, self.gateway, self.folder, self.window, self.pictures = server, gateway, folder, window, pictures
        self.tokens = {role: gateway.token(role, role) for role in ("reader", "operator")}
        self.session = "/sessions/" + field(gateway.records("--action", "dele")[0], "leavecopy.session")

    def visitor(self, role, **looks):
        """A browser whose user has logged in."""
        browser = self.window(**looks)
        browser.open(self.gateway.page + "/")
        expect(browser.url.startswith(self.gateway.page + "/login"), "the login before all else")
        browser.find("#token").write(self.tokens[role])
        browser.find("form.login button").follow()
        browser.find("nav[aria-label]")
        expect(browser.url == self.gateway.page + "/", "the page that was asked for after the login")
        return browser

    def picture(self, browser, name):
        browser.picture(os.path.join(self.pictures, name + ".png"))

    def messages_for(self, tag):
        session = pop3.Session(self.gateway.tls, self.gateway.ca)
        session.login(tryout.USER + "#" + tag, tryout.PASSWORD)
        count = session.count()
        session.quit()
        return count

    def receive(self, subjects):
        """Mail with these subjects arrives; frontdesk gets and deletes it."""
        for number, (name, subject) in enumerate(subjects.items()):
            word = "=?UTF-8?B?%s?=" % base64.b64encode(subject.encode()).decode()
            path = os.path.join(self.server.maildir(tryout.USER), "new", "2000000000.M%dP1.hostile" % number)
            with open(path, "w") as f:
                f.write("From: %s <%s@evil.example>\nTo: info@example.com\nSubject: %s\nMessage-ID: <%s@evil.example>\n\n.\n"
                        % (word, name, word, name))
        self.server.give_to_owner()
        got = tryout.poll(self.gateway, self.folder, "frontdesk", 1)
        expect(got == [len(subjects)], "frontdesk to get %d, not %s" % (len(subjects), got))


def answer(office):
    """Acceptance: from the subject of a mail in at most three clicks to the sentence."""
    browser = office.visitor("reader")
    browser.resize(1280)
    office.picture(browser, "walk-1-overview")
    wrong = browser.find("article.bad", "frontdesk")
    expect("Leave a copy on the server" in wrong.text(), "what is wrong with frontdesk, not: " + wrong.text())
    expect("sales" not in "".join(found.text() for found in browser.all("article")), "sales to be set right")
    browser.find("#text").write("Order 4711")
    browser.find(".search button").follow()  # the first click
    browser.find("h2", "Found")
    office.picture(browser, "walk-2-found")
    browser.find("table a", "Order 4711 (").follow()  # the second
    sentence = browser.find(".sentence")
    office.picture(browser, "walk-3-answer")
    for part in ("PC frontdesk", *SENTENCES["en"]):
        expect(part in sentence.text(), "'%s' in: %s" % (part, sentence.text()))
    rows = {row.text().split()[0]: row.text() for row in browser.all("tbody tr")}
    expect("does not see it" in rows["frontdesk"] and "got it" in rows["sales"], "who has it, not: %s" % rows)
    expect(not browser.all("tbody button:enabled"), "no button for a reader")
    # Whoever presses it all the same is told why not, and nothing is done.
    browser.run("document.querySelector('tbody button').disabled = false;")
    browser.find("tbody button").follow()
    expect("made for reading" in browser.find(".bad").text(), "a reader to be told so, not: " + browser.text())
    expect(office.messages_for("frontdesk") == 0, "nothing given back by a reader")
    # One that is alone is shown at once.
    browser.open(office.gateway.page + "/messages")
    browser.find("#text").write("Order 4711 (12)")
    browser.find(".search button").follow()
    browser.find(".sentence", "PC frontdesk")


def give_back(office):
    browser = office.visitor("operator")
    browser.find("#text").write("Order 4711 (12)")
    browser.find(".search button").follow()
    browser.find("tbody button", "Give it again").follow()
    browser.find("[role=status]", "frontdesk gets this mail again")
    browser.resize(1280)
    office.picture(browser, "given-back")
    expect(not browser.all("tbody button"), "nothing to give any more")
    expect(office.messages_for("frontdesk") == 1, "one message for frontdesk")
    expect(tryout.poll(office.gateway, office.folder, "frontdesk", 2) == [1, 0], "frontdesk to get it once")
    restored = office.gateway.records("--action", "device-restore")
    expect([field(record, "leavecopy.reviewer.name") for record in restored] == ["operator"], "who did it on record")
    # From the device's own page: a period, then all.
    browser.find("nav a", "Devices").follow()
    browser.find("th a", "frontdesk").follow()
    for name in "since", "until":
        browser.run("document.getElementById(arguments[0]).value = '2025-09-02';", name)
    browser.find("fieldset button").follow()
    count = int(browser.find("[role=status]").text().split(":")[1])
    expect(0 < count < tryout.COUNT, "some of a day, not %d" % count)
    expect(office.messages_for("frontdesk") == count, "%d given back" % count)
    browser.find("button", "Give all of it again").follow()
    browser.find("[role=status]", str(tryout.COUNT - count))
    expect(office.messages_for("frontdesk") == tryout.COUNT, "all given back")
    expect(tryout.poll(office.gateway, office.folder, "frontdesk", 2) == [tryout.COUNT, 0], "and each got once")


def japanese(office):
    browser = office.visitor("reader", languages="ja")
    expect(browser.find("h1").text() == "概要", "Japanese for whoever asks for it")
    browser = office.visitor("reader")
    browser.find(".who a", "日本語").follow()
    expect(browser.find("h1").text() == "概要", "the switch to Japanese")
    browser.find("#text").write("見積")
    browser.find(".search button").follow()
    browser.find("table a", "お見積りの件").follow()
    text = browser.find(".sentence").text()
    for part in ("frontdesk", *SENTENCES["ja"]):
        expect(part in text, "'%s' in: %s" % (part, text))


def hostile(office):
    office.receive(HOSTILE)
    browser = office.visitor("operator")
    for name, subject in HOSTILE.items():
        browser.open(office.gateway.page + "/messages?text=" + name + "%40evil.example")
        browser.find(".sentence", "PC frontdesk")
        shown = browser.find("dd bdi").text()
        expect("\x1b" not in shown and "\u202e" not in shown, "nothing that acts in " + ascii(shown))
        expect(browser.run("return document.querySelectorAll('script').length;") == 1, "no script but ours in " + name)
        expect(not browser.all("main img, main [onfocus], main [onerror]"), "nothing made of " + name)
        for page in ("/", "/devices/1", "/messages?text=evil"):
            browser.open(office.gateway.page + page)
            expect("owned" not in browser.title, "%s to harm nothing on %s" % (name, page))
    # What a link of somebody else brings along is only text, too.
    for text in HOSTILE.values():
        browser.open(office.gateway.page + "/messages")
        browser.run("location.search = new URLSearchParams({text: arguments[0]});", "zz" + text)
        browser.find("[role=status]")
        expect("owned" not in browser.title, "a search to harm nothing")
        expect(not browser.all("main img, main [onfocus], main [onerror], main script"), "nothing made of a search")
    told = office.gateway.command("audit", "list", "--limit", "1000")
    expect("\x1b" not in told and "\u202e" not in told and "\x07" not in told, "nothing for a terminal to act on")


def one_device(office):
    """The record of one device, and all of it as files."""
    browser = office.visitor("reader")
    browser.resize(1280)
    browser.find("nav a", "Record").follow()
    browser.find("#f-device").write("frontdesk")
    browser.find("form.filter button").follow()
    expect("device=frontdesk" in browser.url, "the filter in the address, not " + browser.url)
    office.picture(browser, "device-1-record")
    who = {row.text().split("\n")[0] for row in browser.all("#records tbody tr td:nth-child(2)")}
    expect(who == {"frontdesk"}, "records of frontdesk alone, not of %s" % who)
    wanted = office.gateway.records("--device", "frontdesk")
    found = browser.find("#found").text()
    expect(found == "%d entries found" % len(wanted), "%d entries found, not: %s" % (len(wanted), found))
    browser.find("a", "Export").follow()
    office.picture(browser, "device-2-files")
    browser.find("a[href*='/file?'][href*='format=csv']").click()
    octets = browser.downloaded(".csv")
    expect(octets.startswith(b"\xef\xbb\xbf"), "the mark of UTF-8 at the beginning, not %r" % octets[:8])
    rows = list(csv.DictReader(io.StringIO(octets.decode("utf-8-sig"), newline="")))
    expect([int(row["No."]) for row in rows] == [field(record, "event.sequence") for record in wanted],
           "a line for each of %d records, not %d" % (len(wanted), len(rows)))
    subjects = {row["Subject"] for row in rows}
    expect("'" + HOSTILE["formula"] in subjects, "a formula made text in " + ascii(subjects))
    expect(not [cell for row in rows for cell in row.values() if cell[:1] in ("=", "+", "@", "\t", "\r")], "no formula")
    browser.find("a[href*='/manifest?'][href*='format=csv']").click()
    manifest = browser.downloaded(".manifest").decode()
    for line in ("rows %d" % len(rows), "octets %d" % len(octets), "sha256 " + hashlib.sha256(octets).hexdigest(),
                 "filter --device frontdesk"):
        expect("\n%s\n" % line in "\n" + manifest, "'%s' in the manifest: %s" % (line, manifest))
    browser.find("a[href*='/file?'][href*='format=jsonl']").click()
    lines = browser.downloaded(".jsonl").decode().splitlines()
    expect([json.loads(line) for line in lines] == wanted, "the records themselves as lines of JSON")


def without_scripts(office):
    browser = office.visitor("operator", scripts=False)
    browser.find("#text").write("Order 4711 (12)")
    browser.find(".search button").follow()
    browser.find("tbody button", "Give it again").follow()
    browser.find("[role=status]", "frontdesk gets this mail again")


def for_everybody(office):
    """Each page in both languages, bright and dark, wide and narrow; by keyboard."""
    pages = {"overview": "/", "found": "/messages?text=4711", "message": "/messages/1/3", "devices": "/devices",
             "device": "/devices/1", "help": "/help", "nothing": "/messages?text=nowhere",
             "record": "/record?device=frontdesk&outcome=success", "entry": "/record/12",
             "session": office.session, "files": "/record/export?device=frontdesk&text=4711"}
    for language, dark, widths in (("en", False, (1280, 390, 360)), ("ja", True, (1280, 390, 360)), ("ja", False, (390,))):
        browser = office.visitor("operator", languages=language, dark=dark)
        for name, path in pages.items():
            browser.open(office.gateway.page + path)
            for width in widths:
                browser.resize(width)
                look = "%s-%s%s-%d" % (name, language, "-dark" if dark else "", width)
                browserchecks.check(browser, look, office.gateway.page)
                office.picture(browser, look)
            if not dark:
                browserchecks.check_keyboard(browser, name)
    stranger = office.window()
    stranger.open(office.gateway.page + "/devices")
    for width in (1280, 390, 360):
        stranger.resize(width)
        browserchecks.check(stranger, "login", office.gateway.page)
        office.picture(stranger, "login-%d" % width)


def main():
    need("fetchmail", "openssl")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = tempfile.mkdtemp(prefix="leavecopy-page.")
    os.chmod(folder, 0o755)
    pictures = os.environ.get("LEAVECOPY_PICTURES") or os.path.join(folder, "pictures")
    os.makedirs(pictures, exist_ok=True)
    with contextlib.ExitStack() as ending:
        ending.callback(shutil.rmtree, folder, ignore_errors=True)
        server, gateway, good = tryout.sample(binary(), folder)
        ending.callback(server.stop)
        ending.callback(gateway.stop)
        expect(good, "the sample of Deploy/try to be as promised")
        window = ending.enter_context(browsers())
        office = Office(server, gateway, folder, window, pictures)
        for part in (answer, japanese, give_back, hostile, one_device, without_scripts, for_everybody):
            part(office)
        gateway.command("audit", "verify")


if __name__ == "__main__":
    main()
