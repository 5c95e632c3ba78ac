"""README and docs say what is there: commands, code, output, links, paths, docstring examples."""

import argparse
import contextlib
import doctest
import importlib
import io
import os
import pkgutil
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest
import yaml
from markdown_it import MarkdownIt

import winning_tickets
from winning_tickets.claims import document as claims_document
from winning_tickets.experiments import NAMES
from winning_tickets.samplers import ALL_SAMPLERS, Sampler
from winning_tickets.study import make_study

ROOT = Path(__file__).parents[1]
DOCUMENTS = [
    *(ROOT / f"{name}.md" for name in ("README", "CONTRIBUTING", "CHANGELOG")),
    *sorted((ROOT / "docs").glob("*.md")),
]
SOURCES = [
    path
    for folder in ("src", "scripts", "benchmarks")
    for path in sorted((ROOT / folder).rglob("*.py"))
]
# Tables of the committed study that numbers in prose rest on. No run writes them.
REFERENCE = ROOT / "workflow/reference/default"
# Where a file named in the documents may lie.
FOLDERS = (
    "",
    "src/winning_tickets",
    "scripts",
    "workflow/rules",
)
CONFIG = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
# What examples call the objects of the library.
OBJECTS = {
    "problem": (winning_tickets.Problem,),
    "sampler": (Sampler, *ALL_SAMPLERS.values()),
    "self": (Sampler,),
}
# Commands whose effect lies outside the repository.
ELSEWHERE = {"git", "cd", "source", "."}


class Block(NamedTuple):
    """A fenced block of a document."""

    document: Path
    line: int
    kind: str
    text: str

    def __str__(self):
        return f"{self.document.name}:{self.line}"


def find_blocks(document):
    pattern = r"^```(?P<kind>[^\n]*)\n(?P<text>.*?)^```$"
    source = document.read_text(encoding="utf-8")
    return [
        Block(
            document,
            source.count("\n", 0, match.start()) + 1,
            match["kind"].strip(),
            match["text"],
        )
        for match in re.finditer(pattern, source, re.MULTILINE | re.DOTALL)
    ]


BLOCKS = [block for document in DOCUMENTS for block in find_blocks(document)]


def commands():
    """Return the commands of all shell blocks, each once, as lists of words."""
    lines = [
        line for block in BLOCKS if block.kind in ("bash", "sh") for line in block.text.splitlines()
    ]
    words = [shlex.split(line, comments=True) for line in lines]
    return [list(command) for command in dict.fromkeys(tuple(line) for line in words if line)]


def prose(document):
    """Return a document without its fenced blocks."""
    text = document.read_text(encoding="utf-8")
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


def anchors(document):
    """Return the anchors that GitHub makes of a document's headings."""
    headings = re.findall(r"^#+ (.*)$", prose(document), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in headings}


def make_targets():
    return set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def snakemake_targets():
    """Return the targets of the snakemake commands by configuration: one dry run serves several."""
    options = argparse.ArgumentParser()
    options.add_argument("--cores")
    options.add_argument("--dry-run", action="store_true")
    options.add_argument("--configfile", default="config.yaml")
    options.add_argument("--workflow-profile")
    options.add_argument("targets", nargs="*")
    targets = {}
    for command in commands():
        if command[0] == "snakemake":
            asked = options.parse_args(command[1:])
            targets.setdefault(asked.configfile, []).extend(asked.targets)
    return targets


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_every_command_exists(command):
    program, arguments = command[0], [word for word in command[1:] if not word.startswith("-")]
    if program == "make":
        assert {word for word in arguments if "=" not in word} <= make_targets()
    elif program in ("pytest", "python"):
        assert all((ROOT / word.partition("::")[0]).exists() for word in arguments)
    else:
        assert program in ELSEWHERE | {"snakemake"}


@pytest.mark.parametrize(("configfile", "targets"), snakemake_targets().items())
def test_snakemake_knows_every_target(configfile, targets):
    command = ["snakemake", "--dry-run", *targets, "--configfile", configfile]
    planned = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True
    )
    assert planned.returncode == 0, planned.stdout + planned.stderr


def test_the_worked_example_lists_the_jobs_of_one_more_dimension():
    config = yaml.safe_load((ROOT / "config.yaml").read_text())
    larger = config | {"dimensions": sorted([*config["dimensions"], 9])}
    before, after = (make_study(keys) for keys in (config, larger))
    added = [cell for name, cell in after.cells.items() if name not in before.cells]
    jobs = {"generate_dataset": len(added), "measure_risks": len(added)}
    jobs["draw_tickets"] = sum(len(after.drawn(cell)) for cell in added)
    shown = next(block.text for block in BLOCKS if "generate_dataset   " in block.text)
    counts = dict(line.split() for line in shown.splitlines())
    assert {rule: int(counts[rule]) for rule in jobs} == jobs


@pytest.mark.parametrize(
    "number",
    [n for n, block in enumerate(BLOCKS) if block.kind == "python"],
    ids=BLOCKS.__getitem__,
)
def test_every_python_block_runs_and_prints_what_is_shown(number, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    printed = io.StringIO()
    code = compile(BLOCKS[number].text, str(BLOCKS[number]), "exec")
    with contextlib.redirect_stdout(printed):
        exec(code, {"__name__": "__main__"})
    shown = [block.text for block in BLOCKS[number + 1 : number + 2] if block.kind == "text output"]
    assert [printed.getvalue()] == shown or (not shown and not printed.getvalue())


def committed(*arguments):
    """Return what git says of this checkout, or None if it is none of its own."""
    git = shutil.which("git")
    elsewhere = {name for name in os.environ if name.startswith("GIT_")}
    environment = {name: os.environ[name] for name in os.environ.keys() - elsewhere}
    top, found = (
        git and subprocess.run([git, *asked], cwd=ROOT, env=environment, capture_output=True)
        for asked in (("rev-parse", "--show-toplevel"), arguments)
    )
    own = git and not top.returncode and Path(os.fsdecode(top.stdout.strip())).samefile(ROOT)
    return found.stdout if own and not found.returncode else None


def test_numbers_that_prose_rests_on_are_those_of_the_committed_figures():
    """Compared as committed: a run in this checkout has written the figures' tables anew."""
    if committed("rev-parse", "HEAD") is None:
        pytest.skip("not a checkout of its own, so nothing tells committed tables from a run's")
    for path in sorted(REFERENCE.glob("*.csv")):
        name = path.relative_to(ROOT).as_posix()
        figure = committed("show", f"HEAD:figures/{path.name}")
        assert committed("show", f"HEAD:{name}") == figure, f"copy figures/{path.name} to {name}"
    readme = committed("show", "HEAD:README.md").decode()
    claims = pd.read_csv(io.BytesIO(committed("show", "HEAD:figures/claims.csv")))
    assert (
        claims_document.renew_document(readme, claims, claims_document.BLOCKS["README.md"])
        == readme
    )


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(document):
    for target in re.findall(r"(?:\]\(|src=\")([^)\s\"]+)", prose(document)):
        if re.match(r"https?://", target):
            continue
        path, _, anchor = target.partition("#")
        file = (document.parent / path).resolve() if path else document
        assert file.exists(), f"{document.name}: {target}"
        assert not anchor or anchor in anchors(file), f"{document.name}: {target}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_rows_of_a_table_have_as_many_cells_as_its_head(document):
    lines = document.read_text(encoding="utf-8").splitlines()
    tokens = MarkdownIt("commonmark").enable("table").parse("\n".join(lines))
    for first, end in (token.map for token in tokens if token.type == "table_open"):
        bars = [len(re.findall(r"(?<!\\)\|", line)) for line in lines[first:end]]
        assert len(set(bars)) == 1, f"{document.name}:{first + 1}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_make_target_named_exists(document):
    assert set(re.findall(r"`make ([\w-]+)`", prose(document))) <= make_targets()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_named_exists(document):
    named = re.findall(r"`([\w./-]+(?:\.(?:py|smk|yaml|md|cff|lock)|/))`", prose(document))
    for name in named:
        if not name.startswith("results/"):
            # Behind a folder that was named before, a file goes by its own name.
            inside = any((ROOT / "src/winning_tickets").rglob(name.rstrip("/")))
            assert inside or any((ROOT / folder / name).exists() for folder in FOLDERS), name


def is_known(owner, name):
    """Tell whether a module of the library, a class of an example or a key has a name."""
    if owner in CONFIG:
        return name in CONFIG[owner]
    if owner in OBJECTS:
        return any(hasattr(kind, name) or name in (kind.__doc__ or "") for kind in OBJECTS[owner])
    files = (ROOT / "src/winning_tickets").rglob(f"{owner}.py")
    return any(re.search(rf"^(def |class )?{name}\b", file.read_text(), re.M) for file in files)


@pytest.mark.parametrize(
    "document",
    [document for document in DOCUMENTS if document.stem != "CHANGELOG"],
    ids=lambda path: path.name,
)
def test_every_name_and_table_named_exists(document):
    text = prose(document)
    named = re.findall(r"`([a-z_]+)\.([a-z_]+)(?:\([^`]*\))?`", text)
    for owner, name in named:
        if name not in ("py", "smk", "md", "yaml", "csv", "cff", "lock", "toml", "typed"):
            assert is_known(owner, name), f"{owner}.{name}"
    tables = set(re.findall(r"\bresults/(\w+)\.csv", text))
    assert tables <= {"claims", *NAMES}


def test_worked_examples_are_shown_as_they_are_tested():
    """What tests/workflow/test_outside.py runs stands word for word in the document."""
    pages = ("architecture.md", "add-a-peer.md")
    text = "".join((ROOT / "docs" / page).read_text(encoding="utf-8") for page in pages)
    shown = dict(re.findall(r"^`(docs/examples/\S+)`:\n\n```py\n(.*?)^```$", text, re.M | re.S))
    examples = {path for path in (ROOT / "docs/examples").rglob("*.py") if path.stat().st_size > 99}
    assert {ROOT / name for name in shown} == examples
    for name, code in shown.items():
        assert code == (ROOT / name).read_text(encoding="utf-8"), name


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_formulas_survive_markdown(document):
    # Markdown reads these before the formulas are set, unless they stand in a block.
    for line in re.sub(r"`[^`\n]*`", "", prose(document)).splitlines():
        formulas = line.split("$")
        assert len(formulas) % 2 == 1, f"a formula runs over the end of the line: {line}"
        for formula in formulas[1::2]:
            assert not re.search(r"\\[|{}!,;:]|\*|\]\(", formula), formula


def test_every_document_and_section_that_the_code_cites_exists():
    code = [source.read_text(encoding="utf-8") for source in SOURCES]
    for text in code:
        for name in re.findall(r"docs/\w+\.md", text):
            assert (ROOT / name).exists(), name
    sections = re.findall(r"^## (\d+)\.", (ROOT / "docs/method.md").read_text(), re.MULTILINE)
    cited = {
        number
        for text in code
        for number in re.findall(r"docs/method\.md,\s+section\s+(\d+)", text)
    }
    assert cited and cited <= set(sections)


def test_examples_in_docstrings_run():
    names = [
        module.name
        for module in pkgutil.walk_packages(winning_tickets.__path__, "winning_tickets.")
    ]
    results = [doctest.testmod(importlib.import_module(name)) for name in names]
    assert sum(result.attempted for result in results) > 0
    assert sum(result.failed for result in results) == 0
