"""Uses a page of runs in headless Chromium as a person would, and checks it with axe-core.

usage: browser.py PAGE [FOLDER]     a file or a URL; screenshots go into FOLDER
Prints a line for each thing that was checked; exits with 1 after the first that is not as it should be.
Needs chromium, and playwright and axe-core-python from PyPI.
"""

import os
import shutil
import sys
import time

from axe_core_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright


def expect(holds, what):
    print(("ok: " if holds else "NOT: ") + what, flush=True)
    if not holds:
        sys.exit(1)


class Visit:
    """A page in a window of a given size, with everything that went wrong in it."""

    def __init__(self, browser, address, width, height, scheme="light"):
        self.width = width
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
        self.page = context.new_page()
        self.problems = []
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("console", lambda message: self.problems.append(message.text) if message.type == "error" else None)
        self.page.on("dialog", lambda dialog: (self.problems.append("a dialog: " + dialog.message), dialog.dismiss()))
        self.requests = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        start = time.monotonic()
        self.page.goto(address)
        self.page.wait_for_selector("html[data-ready]", timeout=30_000)
        self.seconds = time.monotonic() - start

    def column(self, name):
        """The texts of a column."""
        return self.page.evaluate(
            """(name) => {
              const heads = [...document.querySelectorAll("#table-head th")].map((cell) => cell.innerText.replace(/[↑↓]/, "").trim());
              return [...document.querySelectorAll("#table-body tr")].map((row) => row.children[heads.indexOf(name)].innerText.trim());
            }""", name)

    def sort(self, name):
        self.page.locator("#table-head").get_by_role("button", name=name, exact=True).click()

    def filter(self, text):
        self.page.fill("#filter", text)
        self.page.wait_for_timeout(400)

    def axe(self, what):
        violations = Axe().run(self.page)["violations"]
        for violation in violations:
            print(violation["id"], violation["help"], [node["html"][:160] for node in violation["nodes"][:3]])
        expect(not violations, f"axe-core finds nothing: {what}")

    def fits(self, what):
        inner = self.page.evaluate("document.documentElement.scrollWidth")
        expect(inner <= self.width, f"nothing is wider than the window: {what}")

    def picture(self, folder, name):
        if folder:
            self.page.screenshot(path=os.path.join(folder, name + ".png"), full_page=True)


def check_table(visit):
    visit.sort("loss")
    values = [float(text.split()[0]) for text in visit.column("loss") if text]
    expect(len(values) > 1 and values == sorted(values), "sorted by a metric, smallest first")
    expect(visit.column("loss")[-1] == "" or "" not in visit.column("loss"), "runs without a value are last")
    state = visit.page.locator("#table-head th[aria-sort]")
    expect(state.count() == 1 and state.get_attribute("aria-sort") == "ascending", "aria-sort says so")
    visit.sort("loss")
    values = [float(text.split()[0]) for text in visit.column("loss") if text]
    expect(values == sorted(values, reverse=True), "and the other way round")
    all_rows = len(visit.column("Run"))
    visit.filter("loss<0.0001")
    expect(visit.page.locator("#no-runs").is_visible(), "a filter that no run passes says so")
    visit.filter("stage=rnn-train")
    expect(0 < len(visit.column("Run")) < all_rows, "a condition selects runs")
    visit.filter("nonsense>3")
    expect("nonsense" in visit.page.inner_text("#problems"), "an unknown column is named")
    visit.filter("")


def check_curves(visit):
    page = visit.page
    if page.locator("#untick").is_visible():
        page.click("#untick")
    expect(page.locator("#curves-box").is_hidden(), "no curve without a tick")
    visit.filter("stage=rnn-train status=done")
    boxes = page.locator("#table-body input[type=checkbox]")
    for number in range(min(2, boxes.count())):
        boxes.nth(number).check()
    page.wait_for_timeout(600)
    page.select_option("#metric", "loss")
    expect(page.locator("#curves-plot path.series").count() == min(2, boxes.count()), "a curve for each ticked run")
    page.focus("#curves-box")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#curves-reading li").count() > 0, "the arrow keys read values")
    expect(page.inner_text("#announcements") != "", "which screen readers hear")
    page.check("#log")
    page.locator("#curves-values summary").click()
    expect(page.locator("#curves-values tbody tr").count() > 1, "the values as a table")
    visit.filter("")


def check_limits(visit):
    page = visit.page
    if page.locator("#parallel-box").is_hidden():
        return
    page.locator("#limit-fields").evaluate("each => each.parentElement.open = true")
    lines = page.locator("#parallel-plot polyline").count()
    field = page.locator("#limit-fields input[type=number]").last
    field.fill("1e-9")
    field.press("Enter")
    field.blur()
    page.wait_for_timeout(200)
    expect(page.locator("#parallel-plot .faded").count() == lines > 1, "a limit fades the lines beyond it")
    page.click("#reset")
    expect(page.locator("#parallel-plot .faded").count() == 0, "and can be removed")


def check_details(visit, folder):
    page = visit.page
    page.locator("#table-body th button").first.click()
    expect(page.locator("dialog[open]").count() == 1, "a run's details open")
    visit.axe("details")
    visit.picture(folder, "details")
    page.keyboard.press("Escape")
    page.wait_for_timeout(100)
    expect(page.locator("dialog[open]").count() == 0, "and close with Escape")


def check_pictures(visit):
    visit.filter("stage=rnn-plot")
    buttons = visit.page.locator("#table-body th button")
    for number in range(buttons.count()):
        buttons.nth(number).click()
        visit.page.wait_for_timeout(200)
        widths = visit.page.evaluate("[...document.querySelectorAll('figure img')].map((image) => image.naturalWidth)")
        expect(all(width > 0 for width in widths), f"{len(widths)} pictures of a run are shown")
        visit.page.keyboard.press("Escape")
        visit.page.wait_for_timeout(100)
    visit.filter("")


def main():
    target = sys.argv[1]
    folder = sys.argv[2] if len(sys.argv) > 2 else None
    address = target if "://" in target else "file://" + os.path.abspath(target)
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=["--no-sandbox"])
        visit = Visit(browser, address, 1280, 900)
        print(f"ready after {visit.seconds:.2f} s")
        visit.axe("in the light")
        check_table(visit)
        check_curves(visit)
        check_limits(visit)
        check_details(visit, folder)
        check_pictures(visit)
        visit.picture(folder, "desktop")
        visit.page.click("#language")
        expect(visit.page.get_attribute("html", "lang") == "zh-Hans", "the page speaks Chinese")
        visit.axe("in Chinese")
        visit.picture(folder, "chinese")
        outside = [url for url in visit.requests if "://" in target and not url.startswith(target) or url.startswith("http") and "://" not in target]
        expect(not outside, "nothing is fetched from elsewhere")
        dark = Visit(browser, address, 1280, 900, "dark")
        dark.axe("in the dark")
        dark.picture(folder, "dark")
        phone = Visit(browser, address, 360, 740)
        phone.fits("on a phone")
        phone.axe("on a phone")
        phone.picture(folder, "phone")
        problems = visit.problems + dark.problems + phone.problems
        expect(not problems, f"no errors {problems}")
        browser.close()


main()
