"""What must hold on every page, for people with other eyes and hands as well: WCAG 2.2 AA as far as a program can tell."""
from lab import expect

TAB = "\ue004"

LABELS = """
const named = e => (e.labels && e.labels.length) || e.getAttribute("aria-label") || e.getAttribute("aria-labelledby")
  || (e.tagName != "INPUT" && e.tagName != "SELECT" && e.textContent.trim());
return [...document.querySelectorAll("input:not([type=hidden]), select, textarea, button, a[href]")]
  .filter(e => !named(e)).map(e => e.outerHTML.slice(0, 200));
"""

HEADINGS = """
return [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].filter(h => h.checkVisibility())
  .map(h => Number(h.tagName[1]));
"""

# Each piece of text against the ground it stands on.
CONTRAST = """
const numbers = text => { const n = text.match(/[\\d.]+/g).map(Number); return n.length < 4 ? [...n, 1] : n; };
const part = v => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
const light = c => 0.2126 * part(c[0]) + 0.7152 * part(c[1]) + 0.0722 * part(c[2]);
const ground = e => {
  for (; e; e = e.parentElement) {
    const c = numbers(getComputedStyle(e).backgroundColor);
    if (c[3] > 0) { return c; }
  }
  return matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18, 1] : [255, 255, 255, 1];
};
const bad = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const e = walker.currentNode.parentElement;
  if (!walker.currentNode.data.trim() || !e.checkVisibility() || e.closest("script, title, desc")) { continue; }
  const style = getComputedStyle(e), isDrawn = e instanceof SVGElement;
  const ink = light(numbers(isDrawn ? style.fill : style.color)), on = light(ground(e));
  const ratio = (Math.max(ink, on) + 0.05) / (Math.min(ink, on) + 0.05);
  const size = parseFloat(style.fontSize), isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
  if (ratio < (isLarge ? 3 : 4.5)) { bad.push(ratio.toFixed(2) + ": " + walker.currentNode.data.trim().slice(0, 60)); }
}
return bad;
"""

# Numbers what the keyboard must reach; gives how many.
REACHABLE = """
let number = 0;
for (const e of document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")) {
  if (e.checkVisibility() && !e.disabled && e.type != "hidden") { e.dataset.reach = number++; }
}
document.activeElement.blur();
return number;
"""

FOCUS = """
const e = document.activeElement, style = getComputedStyle(e);
return [e.dataset.reach ?? null, style.outlineStyle != "none" && parseFloat(style.outlineWidth) >= 2];
"""

WEIGHT = "return performance.getEntriesByType('navigation')[0].encodedBodySize;"


def check(browser, name, origin):
    """All but the tab order, which takes a while; `name` is what a failure calls the page."""
    unnamed = browser.run(LABELS)
    expect(not unnamed, "a name for each control of %s, not: %s" % (name, unnamed))
    levels = browser.run(HEADINGS)
    expect(levels.count(1) == 1 and levels[0] == 1, "one h1 at the top of %s: %s" % (name, levels))
    expect(all(after <= before + 1 for before, after in zip(levels, levels[1:])), "no level left out: %s" % levels)
    faint = browser.run(CONTRAST)
    expect(not faint, "enough contrast on %s, not: %s" % (name, faint[:5]))
    # The window itself grows with what is too wide, where it is a telephone's.
    wide, room = browser.run("return [document.documentElement.scrollWidth, document.documentElement.clientWidth];")
    expect(wide <= room, "no scrolling sideways on %s: %d in %d" % (name, wide, room))
    expect(browser.run("return document.documentElement.lang;"), "a language of " + name)
    expect(browser.run(WEIGHT) <= 100_000, "at most 100 kB for " + name)
    elsewhere = [url for url in browser.requests() if not url.startswith((origin + "/", "about:", "data:"))]
    expect(not elsewhere, "no request to elsewhere, not: %s" % elsewhere[:3])
    said = [entry["message"] for entry in browser.log("browser") if entry["level"] in ("SEVERE", "WARNING")]
    expect(not said, "nothing for the browser to complain of on %s: %s" % (name, said[:3]))


def check_keyboard(browser, name):
    """The Tab key reaches everything, in the order of the page, and one sees where it is."""
    count, reached, hidden = browser.run(REACHABLE), [], []
    for _ in range(6 * count + 6):  # a date takes several
        browser.press(TAB)
        number, is_seen = browser.run(FOCUS)
        if number in reached[:-1]:
            break
        if number is not None and number not in reached:
            reached.append(number)
            hidden += [] if is_seen else [number]
    expect(len(reached) == count, "the Tab key to reach all %d of %s, not %d" % (count, name, len(reached)))
    order = [int(number) for number in reached]
    begin = order.index(min(order))  # it goes round from where the page set the focus
    expect(order[begin:] + order[:begin] == sorted(order), "the order of the page for the Tab key on " + name)
    expect(not hidden, "to see where the Tab key is on %s" % name)
