"""The report as it is read: one file, in it every verdict and figure; in a browser too."""

import base64
import shutil
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pandas as pd
import pytest
import yaml

from tests.report.study import CLAIMS, ROOT, module_of, report_on
from winning_tickets.report.captions import caption

FIGURES = yaml.safe_load((ROOT / "config.yaml").read_text())["figures"]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
SCREENSHOTS = ROOT / "results/screenshots"
# Browser's own view of a page: what is wider than its window, and what a reader would not see.
INSPECTION = """() => ({
    sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    squeezed: [...document.querySelectorAll("#changes td code")].filter(
        element => element.innerText.length > 8 && element.parentElement.clientWidth < 150
    ).length,
    unseen: [...document.querySelectorAll("figure img, .caption, .verdict, .decides")].filter(
        element => element.getClientRects().length == 0
            || element.tagName == "IMG" && !(element.complete && element.naturalWidth > 1000)
    ).length,
    captions: [...document.querySelectorAll(".caption")].map(element => element.innerText),
    claims: [...document.querySelectorAll(".claim h3")].map(element => element.innerText),
    contrasts: [...document.querySelectorAll(".verdict, .soft, p, a")].map(element => {
        const light = colour => {
            const parts = colour.match(/[\\d.]+/g).slice(0, 3).map(part => {
                const share = part / 255;
                return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
            });
            return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
        };
        let behind = element;
        const clear = "rgba(0, 0, 0, 0)";
        while (getComputedStyle(behind).backgroundColor == clear) behind = behind.parentElement;
        const both = [getComputedStyle(element).color, getComputedStyle(behind).backgroundColor];
        const [dark, bright] = both.map(light).sort((one, other) => one - other);
        return (bright + 0.05) / (dark + 0.05);
    }),
})"""


class Page(HTMLParser):
    """Elements of a page by tag, its text, and whether every element is closed in order."""

    EMPTY = ("meta", "link", "img", "br")

    def __init__(self, path):
        super().__init__()
        self.elements, self.text, self.open = [], [], []
        self.feed(Path(path).read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    # A folder that a careless address would not survive.
    return report_on(tmp_path_factory.mktemp("a study & more"))


@pytest.fixture(scope="module")
def page(path):
    return Page(path)


def test_every_element_is_closed_and_every_name_given_once(page):
    assert page.open == []
    names = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(names) == len(set(names))


def test_it_needs_no_other_file(page):
    addresses = [image["src"] for image in page.all("img") if "src" in image]
    addresses += [link["href"] for link in page.all("link")]
    assert all(address.startswith("data:") for address in addresses)
    assert [script for script in page.all("script") if "src" in script] == []


def test_every_link_leads_somewhere(page, path):
    names = {attributes["id"] for _, attributes in page.elements if "id" in attributes}
    links = [link["href"] for link in page.all("a")]
    for link in links:
        if link.startswith("#"):
            assert link[1:] in names
        elif not link.startswith("data:"):
            assert (path.parent / unquote(link)).exists(), link
    assert {f"#{figure}" for figure in FIGURES} <= set(links)


def test_every_figure_is_there_with_caption_table_and_module(page, path):
    shown = [image for image in page.all("img") if "src" in image]
    pictures = [base64.b64decode(image["src"].partition(",")[2]) for image in shown]
    tables = {link["download"]: link["href"] for link in page.all("a") if "download" in link}
    text = " ".join(page.text)
    for figure, picture, image in zip(FIGURES, pictures, shown, strict=True):
        assert picture == (path.parent / f"figures/{figure}.png").read_bytes()
        table = base64.b64decode(tables[f"{figure}.csv"].partition(",")[2])
        assert table == (path.parent / f"figures/{figure}.csv").read_bytes()
        assert caption(module_of(figure)) in text
        assert caption(module_of(figure)) in image["alt"]
        assert module_of(figure) in text


def test_every_part_of_every_claim_is_there(page):
    text = " ".join(" ".join(page.text).split())
    for _, row in pd.read_csv(CLAIMS).iterrows():
        assert f"{row['claim']}: {row['statement']}" in text
        assert row["part"] in text
        assert row["verdict"] in text


def test_what_differs_what_is_left_out_and_where_it_comes_from(page):
    text = " ".join(" ".join(page.text).split())
    for words in (
        "nodes 64 48",
        "too <large> & more",
        "20260513",
        "0123456789ab, with changes that are not committed",
        "experiments 1 0.0",
    ):
        assert words in text


@pytest.fixture(scope="module")
def browser():
    """Start Chromium without a window."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.skip("no Chromium on this machine")
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.mark.long
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("device", "width"), [("desktop", 1280), ("phone", 390)])
def test_a_browser_shows_all_of_it_without_a_network(browser, path, device, width, scheme):
    size = {"width": width, "height": 900}
    context = browser.new_context(viewport=size, color_scheme=scheme, offline=True)
    tab, said, asked = context.new_page(), [], []
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(path.as_uri())
    seen = tab.evaluate(INSPECTION)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    tab.screenshot(path=SCREENSHOTS / f"report_{device}_{scheme}.png", full_page=True)
    assert said == []
    assert [url for url in asked if not url.startswith("data:")] == [tab.url]
    assert seen["sideways"] == 0
    assert seen["unseen"] == 0
    assert seen["squeezed"] == 0
    assert seen["captions"] == [caption(module_of(figure)) for figure in FIGURES]
    assert len(seen["claims"]) == pd.read_csv(CLAIMS)["claim"].nunique()
    assert min(seen["contrasts"]) >= 4.5
    context.close()


@pytest.mark.long
def test_figures_are_enlarged_by_the_keyboard(browser, path):
    tab = browser.new_page()
    tab.goto(path.as_uri())
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "skip"
    tab.focus("figure button")
    tab.keyboard.press("Enter")
    assert tab.is_visible("dialog img")
    assert tab.evaluate("document.querySelector('dialog img').clientWidth") > 1000
    tab.keyboard.press("Escape")
    assert not tab.is_visible("dialog img")
    assert tab.evaluate("document.activeElement.parentElement.id") == FIGURES[0]


@pytest.mark.long
def test_it_prints_with_every_figure_and_in_black_on_white(browser, path):
    tab = browser.new_page()
    tab.goto(path.as_uri())
    tab.emulate_media(media="print", color_scheme="dark")
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert not tab.is_visible("nav")
    assert not tab.is_visible(".claim summary")
    tab.evaluate("document.querySelector('.claim details').open = true")
    assert tab.is_visible(".claim table")
    tab.pdf(path=SCREENSHOTS / "report.pdf")
