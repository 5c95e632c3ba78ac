"""The documentation site: README and docs as they are, and the reference from the docstrings.

The pages keep their places in the repository, so that every link works on a code host too. Nothing
is fetched, neither when the site is built nor when it is read: MathJax is part of it.
"""

import re
import tomllib
from importlib.util import find_spec
from pathlib import Path

from sphinx import addnodes

import winning_tickets

ROOT = Path(__file__).resolve().parents[2]

project = "winning-tickets"
author = "winning-tickets authors"
release = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
language = "en"
# M' is a formula.
smartquotes = False

root_doc = "README"
include_patterns = [
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "docs/*.md",
    "docs/site/api/*.rst",
]
# Whole folders, so that none of them is searched: results may be large.
others = [path.name for path in ROOT.iterdir() if path.is_dir() and path.name != "docs"]
exclude_patterns = [*others, "docs/_build"]

extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.mathjax",
]
nitpicky = True
default_role = "autolink"
autosummary_generate = False

myst_enable_extensions = ["dollarmath", "html_image"]
myst_fence_as_directive = ["math"]
myst_heading_anchors = 3

# Types stand in the docstrings, in words.
autodoc_typehints = "none"
autodoc_member_order = "bysource"
numpydoc_show_class_members = False
numpydoc_xref_param_type = False

html_theme = "furo"
html_title = f"winning-tickets {release}"
# MathJax as one file, which draws formulas without fonts.
MATHJAX = Path(find_spec("sphinx-mathjax-offline").origin).parent / "static/mathjax/tex-svg.js"
html_static_path = ["static", str(MATHJAX)]
html_css_files = ["site.css"]
mathjax_path = MATHJAX.name
html_copy_source = False
html_domain_indices = False
# Summaries would be fetched, which browsers refuse for pages that are opened from a disk.
html_show_search_summary = False
html_show_sourcelink = False
html_show_copyright = False
html_additional_pages = {"index": "to_readme.html"}
templates_path = ["templates"]

# Code hosts show the README as it is; only the site needs to be told what comes after it.
CONTENTS = """
```{toctree}
:hidden:
:caption: The study

docs/method
docs/claims
docs/limits
docs/figures
```

```{toctree}
:hidden:
:caption: Beyond the abstract

docs/sensitivity
docs/generalization
docs/soft_threshold
docs/better_tickets
docs/pruning
docs/prior
docs/peers
docs/heavy_budget
docs/capped
```

```{toctree}
:hidden:
:caption: The code

docs/architecture
docs/performance
docs/add-a-peer
docs/reliability
docs/cluster
docs/reproducing
docs/site/api/index
CONTRIBUTING
CHANGELOG
```
"""


# Folders have no page; these pages say what is in them.
PAGES = {
    "figures": "docs/figures",
    "src/winning_tickets/claims": "docs/site/api/claims",
    "src/winning_tickets/experiments": "docs/site/api/experiments",
    "src/winning_tickets/families": "docs/site/api/families",
    "src/winning_tickets/plotting": "docs/site/api/plotting",
    "src/winning_tickets/samplers": "docs/site/api/samplers",
    "src/winning_tickets/study": "docs/site/api/study",
}


REFERENCE = ROOT / "docs/site/api"


def add_contents(app, name, source):
    """Append the table of contents to the README, and to the last page what no other shows."""
    if name == root_doc:
        source[0] += CONTENTS
    if name == "docs/site/api/index":
        source[0] += "".join(
            f".. autoclass:: {name}\n   :members:\n   :inherited-members:\n\n"
            for name in further_names()
        )
    if name == "docs/site/api/further":
        source[0] += "".join(further_modules())


def documented():
    """Return what the pages of the reference show, by its name in the package."""
    pages = "".join(page.read_text(encoding="utf-8") for page in REFERENCE.glob("*.rst"))
    return set(re.findall(r"^\.\. \S+:: winning_tickets\.(\S+)$", pages, re.MULTILINE))


def further_names():
    """Yield the public classes that the first page does not list."""
    shown = documented()
    for name in winning_tickets.__all__:
        if name not in shown and isinstance(getattr(winning_tickets, name), type):
            yield f"winning_tickets.{name}"


def further_modules():
    """Yield a section for each module with public names that no page shows."""
    shown, package = documented(), ROOT / "src/winning_tickets"
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package).with_suffix("").parts
        name = ".".join(parts)
        inside = parts[0] == "experiments" or path.stem.endswith("_numba")
        public = re.search(r"^(def|class) [^_]", path.read_text(encoding="utf-8"), re.MULTILINE)
        if public and path.stem != "__init__" and name not in shown and not inside:
            title = f"``winning_tickets.{name}``"
            shown_first = ", ".join(winning_tickets.__all__)
            options = (
                f".. automodule:: winning_tickets.{name}\n   :members:\n"
                f"   :exclude-members: {shown_first}\n"
            )
            yield f"{title}\n{'-' * len(title)}\n\n{options}\n"


def link_folders(app, document):
    """Let links to a folder lead to the page about it."""
    for link in document.findall(addnodes.pending_xref):
        folder = (Path(document["source"]).parent / link["reftarget"]).resolve()
        page = PAGES.get(str(folder.relative_to(ROOT))) if folder.is_dir() else None
        if page:
            link["refdomain"], link["reftype"], link["reftarget"] = "std", "doc", f"/{page}"


def read_plain_text(app, what, name, thing, options, lines):
    """Take the bars and stars of formulas in docstrings as they are, and link the pages named."""
    example = False
    for place, line in enumerate(lines):
        example = bool(line.strip()) and (example or line.lstrip().startswith(">>>"))
        if not example:
            line = re.sub(r"(`[^`]*`|``[^`]*``)|([|*])", lambda m: m[1] or "\\" + m[2], line)
            lines[place] = re.sub(r"docs/(\w+)\.md", r":doc:`docs/\1.md </docs/\1>`", line)


def skip_foreign(app, what, name, thing, skip, options):
    """Leave out what other libraries put into our classes."""
    module = getattr(thing, "__module__", None) or "winning_tickets"
    return True if not module.startswith("winning_tickets") else None


def find_by_ending(app, env, link, content):
    """Resolve a Python name that is imported from elsewhere by its ending, if only one has it."""
    if link.get("refdomain") != "py":
        return None
    python = env.domains.python_domain
    known = [name for name, thing in python.objects.items() if not thing.aliased]
    target = link["reftarget"]
    for ending in (f"{link.get('py:class')}.{target}", target, target.rpartition(".")[2]):
        found = [name for name in known if name.endswith(f".{ending}")]
        if len(found) == 1:
            page, kind = link["refdoc"], link["reftype"]
            return python.resolve_xref(env, page, app.builder, kind, *found, link, content)
    return None


def setup(app):
    """Register what the pages need."""
    app.connect("source-read", add_contents)
    app.connect("doctree-read", link_folders)
    app.connect("autodoc-skip-member", skip_foreign)
    app.connect("missing-reference", find_by_ending)
    # Before numpydoc reads the docstring.
    app.connect("autodoc-process-docstring", read_plain_text, priority=100)
