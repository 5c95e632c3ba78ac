"""The documentation site: complete, built without warnings, readable offline in a browser."""

import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

import winning_tickets
from winning_tickets.study import load_figures

ROOT = Path(__file__).parents[2]
CONF = (ROOT / "docs/site/conf.py").read_text(encoding="utf-8")
PUBLIC = [name for name in winning_tickets.__all__ if not name.startswith("_")]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
# Read in every page: what it links to, what can be linked to, and what a reader would not see.
INSPECTION = """async () => {
    if (window.MathJax && MathJax.startup) await MathJax.startup.promise;
    const seen = image => image.complete && image.naturalWidth > 0 && image.clientWidth > 0;
    return {
        links: [...document.links].map(link => link.href),
        ids: [...document.querySelectorAll("[id]")].map(element => element.id),
        unseen: [...document.images].filter(image => !seen(image)).map(image => image.src),
        images: [...document.images].map(image => image.src),
        formulas: [...document.querySelectorAll(".math mjx-container")].length,
        unset: [...document.querySelectorAll(".math")].filter(
            formula => !formula.querySelector("mjx-container:not(:has([data-mml-node=merror]))")
        ).map(formula => formula.textContent),
        sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    };
}"""


def test_every_page_is_in_the_table_of_contents():
    pages = [path.relative_to(ROOT).with_suffix("") for path in (ROOT / "docs").glob("*.md")]
    for page in pages:
        assert re.search(rf"^{page.as_posix()}$", CONF, re.MULTILINE), f"add {page} to CONTENTS"


def test_every_figure_is_shown_with_a_caption():
    text = (ROOT / "docs/figures.md").read_text(encoding="utf-8")
    for figure in sorted((ROOT / "figures").glob("*.png")):
        image = (
            rf"(!\[.+\]\(\.\./figures/{figure.name}\)|<img src=\"\.\./figures/{figure.name}\".+>)"
        )
        shown = re.search(image + r"\n\n(?!!|<|#).+\n", text)
        assert shown, f"show {figure.name} in docs/figures.md, with a sentence below"


def test_every_figure_names_its_tables_and_its_module():
    text = (ROOT / "docs/figures.md").read_text(encoding="utf-8")
    for name, figure in load_figures().items():
        tables = ", ".join(f"`{table}.csv`" for table in figure.tables)
        assert f"| `{name}` | {tables} | `{figure.module.replace('.', '/')}.py` |\n" in text, name


def test_the_architecture_names_every_module_at_the_top():
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    for path in sorted((ROOT / "src/winning_tickets").glob("[!_]*.py")):
        assert f"`{path.name}`" in text, f"say in docs/architecture.md what {path.name} is for"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Build the site as `make docs` does, but elsewhere."""
    for package in ("sphinx", "furo", "myst_parser", "numpydoc", "sphinx-mathjax-offline"):
        if not find_spec(package):
            pytest.skip(f"{package} is not installed; `make docs` does that")
    folder = tmp_path_factory.mktemp("site")
    options = ["--fail-on-warning", "--keep-going", "--conf-dir", "docs/site"]
    folders = ["--doctree-dir", str(folder / "doctrees"), ".", str(folder / "html")]
    # A proxy that nothing answers at: what asks the network fails.
    offline = {name: "http://127.0.0.1:9" for name in ("http_proxy", "https_proxy")}
    built = subprocess.run(
        [sys.executable, "-m", "sphinx", "--quiet", *options, *folders],
        cwd=ROOT,
        env=os.environ | offline,
        capture_output=True,
        text=True,
    )
    assert built.returncode == 0, built.stderr
    return folder / "html"


@pytest.fixture(scope="module")
def browser():
    """Start Chromium without a window."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.skip("no Chromium on this machine")
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=program)
        yield started
        started.close()


@pytest.fixture
def page(browser):
    """Return a tab, with what a page complains of and what it asks the network for."""
    tab = browser.new_page(viewport={"width": 390, "height": 844})
    tab.complaints = []
    tab.on("console", lambda line: tab.complaints.append(line.text) if line.type == "error" else 0)
    tab.on("pageerror", lambda error: tab.complaints.append(str(error)))
    tab.on("requestfailed", lambda request: tab.complaints.append(f"failed: {request.url}"))
    tab.on(
        "request",
        lambda request: (
            re.match("file:|data:", request.url) or tab.complaints.append(f"network: {request.url}")
        ),
    )
    yield tab
    tab.close()


@pytest.mark.long
def test_docstrings_are_numpydoc():
    pytest.importorskip("numpydoc", reason="numpydoc is not installed; `make docs` does that")
    files = [str(path) for path in sorted((ROOT / "src").rglob("*.py"))]
    command = [sys.executable, "-m", "numpydoc", "lint", *files]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.long
def test_every_page_opens_as_meant(site, page):
    """On a phone and from the disk: no error, no network, all figures, formulas and links."""
    found = {}
    for file in sorted(site.rglob("*.html")):
        page.goto(file.as_uri(), wait_until="load")
        if "http-equiv" in file.read_text(encoding="utf-8"):
            page.wait_for_url("**/README.html")
            continue
        found[file.as_uri()] = page.evaluate(INSPECTION)
        assert not page.complaints, f"{file.name}: {page.complaints}"
    shown = {anchor for inspected in found.values() for anchor in inspected["ids"]}
    assert {f"winning_tickets.{name}" for name in PUBLIC} <= shown
    assert sum(inspected["formulas"] for inspected in found.values()) > 1000
    shown = {Path(image).name for inspected in found.values() for image in inspected["images"]}
    assert {path.name for path in (ROOT / "figures").glob("*.png")} | {"flow.svg"} <= shown
    for url, inspected in found.items():
        assert not inspected["unseen"], url
        assert not inspected["unset"], url
        assert inspected["sideways"] <= 0, f"{url} is wider than a phone"
        for link in filter(re.compile("file:").match, inspected["links"]):
            target, _, anchor = link.partition("#")
            if target in found:
                assert not anchor or anchor in found[target]["ids"], f"{url}: {link}"
            else:
                assert (site / target.removeprefix(f"{site.as_uri()}/")).is_file(), f"{url}: {link}"


@pytest.mark.long
@pytest.mark.parametrize("words", ["ridgelet", "fit_subnetwork", "acceptance rate"])
def test_the_search_finds(site, page, words):
    page.goto(f"{(site / 'search.html').as_uri()}?q={words.replace(' ', '+')}")
    page.wait_for_selector("#search-results li a")
    page.locator("#search-results li a").first.click()
    page.wait_for_load_state()
    assert words.split()[0] in page.content()
    assert not page.complaints
