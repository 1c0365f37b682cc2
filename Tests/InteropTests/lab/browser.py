"""A real browser without a window: Chromium, led by its chromedriver in the words of the W3C's WebDriver."""
import base64
import contextlib
import http.client
import json
import os
import shutil
import subprocess
import tempfile
import time

from lab import expect, free_port, need, select_pause

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # WebDriver's name for a reference to an element
ARGUMENTS = ("headless=new", "no-sandbox", "disable-dev-shm-usage", "disable-gpu", "no-first-run", "hide-scrollbars",
             "disable-background-networking", "disable-component-update", "disable-sync", "no-default-browser-check")
# What is said of an element, its window or its script once the page is another one.
LEFT = ("stale element reference", "no such element", "aborted by navigation", "does not belong to the document",
        "No node with given id", "Cannot find context", "document unloaded")
SECONDS = 60


class Browser:
    """One window. `languages` is what it asks pages for, `dark` what its system looks like."""

    def __init__(self, folder, port, languages="en", dark=False, scripts=True):
        self.port, self.downloads = port, os.path.join(folder, "downloads")
        os.makedirs(self.downloads, exist_ok=True)
        preferences = {"intl.accept_languages": languages, "download.default_directory": self.downloads,
                       "profile.managed_default_content_settings.javascript": 1 if scripts else 2}
        options = {"args": ["--" + word for word in ARGUMENTS], "prefs": preferences,
                   "binary": shutil.which("chromium")}
        options["args"] += ["--user-data-dir=" + os.path.join(folder, "profile"), "--lang=" + languages.split(",")[0]]
        wanted = {"browserName": "chrome", "goog:chromeOptions": options,
                  "goog:loggingPrefs": {"performance": "ALL", "browser": "ALL"}}
        self.session = self.call("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})["sessionId"]
        self.requested = []
        self.open("about:blank")
        self.log("performance")  # what its own first page was made of
        self.look("dark" if dark else "light")

    def call(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            connection.request(method, path, None if body is None else json.dumps(body),
                               {"Content-Type": "application/json"})
            value = json.loads(connection.getresponse().read())["value"]
        finally:
            connection.close()
        if isinstance(value, dict) and "error" in value:
            text = "%s: %s" % (value["error"], value.get("message", "").split("\n")[0])
            raise (Left if any(words in text for words in LEFT) else WebDriverError)(text)
        return value

    def ask(self, method, path, body=None):
        return self.call(method, "/session/%s/%s" % (self.session, path), body)

    def chromium(self, command, **parameters):
        """A word of the DevTools protocol, for what WebDriver has none."""
        return self.ask("POST", "goog/cdp/execute", {"cmd": command, "params": parameters})

    # What a person does.

    def open(self, url):
        self.ask("POST", "url", {"url": url})

    def find(self, selector, text=""):
        """The first that is shown, and has `text` in it; nothing shows at once, so it is waited for."""
        return FoundElement(self, selector, text)

    def all(self, selector):
        found = self.ask("POST", "elements", {"using": "css selector", "value": selector})
        return [Element(self, reference[ELEMENT]) for reference in found]

    def press(self, key):
        actions = [{"type": kind, "value": key} for kind in ("keyDown", "keyUp")]
        self.ask("POST", "actions", {"actions": [{"type": "key", "id": "keyboard", "actions": actions}]})

    # What a person sees.

    @property
    def url(self):
        return self.ask("GET", "url")

    @property
    def title(self):
        return self.ask("GET", "title")

    def text(self):
        return self.all("body")[0].text()

    def run(self, script, *arguments):
        return self.ask("POST", "execute/sync", {"script": script, "args": list(arguments)})

    def look(self, scheme):
        self.chromium("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def resize(self, width, height=900):
        self.chromium("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                      mobile=width < 600)

    def picture(self, path):
        """The whole page, also what one must scroll to."""
        size = self.chromium("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], 6000), "scale": 1}
        shot = self.chromium("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
        with open(path, "wb") as f:
            f.write(base64.b64decode(shot["data"]))

    def log(self, kind):
        return self.ask("POST", "se/log", {"type": kind})

    def requests(self):
        """The address of each request that a page has made so far."""
        for entry in self.log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                self.requested.append(message["params"]["request"]["url"])
        return self.requested

    def downloaded(self, ending):
        """The octets of the one file that was downloaded and has this ending; it is taken away."""
        end = time.monotonic() + SECONDS
        while True:
            names = [name for name in os.listdir(self.downloads) if name.endswith(ending)]
            if names:
                path = os.path.join(self.downloads, names[0])
                with open(path, "rb") as f:
                    octets = f.read()
                os.remove(path)
                return octets
            expect(time.monotonic() < end, "a file *%s that is downloaded" % ending)
            select_pause()

    def close(self):
        self.call("DELETE", "/session/" + self.session)


class Element:
    """One of the page as it is: once that is left, a word to it fails with Left."""

    def __init__(self, browser, reference):
        self.browser, self.path = browser, "element/%s/" % reference

    def text(self):
        return self.browser.ask("GET", self.path + "text")

    def is_shown(self):
        return self.browser.ask("GET", self.path + "displayed")

    def is_left(self):
        try:
            self.browser.ask("GET", self.path + "name")
            return False
        except Left:
            return True

    def click(self):
        self.browser.ask("POST", self.path + "click", {})

    def write(self, text):
        self.browser.ask("POST", self.path + "clear", {})
        self.browser.ask("POST", self.path + "value", {"text": text})


class FoundElement:
    """What was looked for, and is looked for again when the page under it changes: by a script, or since it is left."""

    def __init__(self, browser, selector, text):
        self.browser, self.selector, self.wanted = browser, selector, text
        self.now(lambda element: None)

    def now(self, act):
        """What `act` gives for the first that is shown and has the text."""
        end = time.monotonic() + SECONDS
        while True:
            with contextlib.suppress(Left):
                for element in self.browser.all(self.selector):
                    if element.is_shown() and self.wanted in element.text():
                        return act(element)
                if time.monotonic() > end:
                    raise SystemExit("expected: '%s' with '%s' on %s:\n%s" % (
                        self.selector, self.wanted, self.browser.url, self.browser.text()[:2000]))
            select_pause()

    def text(self):
        return self.now(Element.text)

    def click(self):
        """Where the page stays: what leads to another is followed."""
        self.now(Element.click)

    def follow(self):
        """Clicks, and waits until the page is another one, which may be a new one of the same address."""
        page = self.browser.all("html")[0]
        self.click()
        end = time.monotonic() + SECONDS
        while not page.is_left():
            expect(time.monotonic() < end, "'%s' with '%s' to lead to a page" % (self.selector, self.wanted))
            select_pause()

    def write(self, text):
        self.now(lambda element: element.write(text))


class WebDriverError(Exception):
    pass


class Left(WebDriverError):
    """The element is of a page that is no more there, or of a part that a script has put away."""


@contextlib.contextmanager
def browsers():
    """Gives what opens windows, each with a profile of its own; all are closed at the end."""
    need("chromium", "chromedriver")
    folder, port, windows = tempfile.mkdtemp(prefix="leavecopy-browser."), free_port(), []
    with open(os.path.join(folder, "log"), "wb") as log:
        driver = subprocess.Popen(["chromedriver", "--port=%d" % port], stdout=log, stderr=subprocess.STDOUT,
                                  stdin=subprocess.DEVNULL, env={**os.environ, "HOME": folder, "LANG": "C.UTF-8"})

    def window(**looks):
        windows.append(Browser(os.path.join(folder, str(len(windows))), port, **looks))
        return windows[-1]
    try:
        wait_for(driver, port)
        yield window
    finally:
        for browser in windows:
            with contextlib.suppress(Exception):
                browser.close()
        driver.terminate()
        driver.wait()
        shutil.rmtree(folder, ignore_errors=True)


def wait_for(driver, port):
    end = time.monotonic() + SECONDS
    while driver.poll() is None and time.monotonic() < end:
        with contextlib.suppress(OSError):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/status")
            if json.loads(connection.getresponse().read())["value"]["ready"]:
                return
        select_pause()
    raise SystemExit("chromedriver did not start")
