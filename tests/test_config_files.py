"""Files and options of a configuration, and the folders of a study: one line for each fault."""

from pathlib import Path

import pytest
import yaml

from tests.study.test_plan import DEFAULT, merged
from winning_tickets import config_files
from winning_tickets.config import ConfigError
from winning_tickets.config_files import (
    SOURCES,
    check_command_line,
    folder_faults,
    own_folders,
    read_config,
    typed,
)

ROOT = Path(__file__).parents[1]
TARGETS = "; a target stands before --configfile, or after --"

UNREADABLE = {
    "comments.yaml": (b"# nothing\n", ": it holds nothing; it must hold keys, such as seed: 1"),
    "empty.yaml": (b"", ": it holds nothing; it must hold keys, such as seed: 1"),
    "list.yaml": (b"- seed\n", ": it holds a list; it must hold keys, such as seed: 1"),
    "word.yaml": (b"seed\n", ": it holds one value; it must hold keys, such as seed: 1"),
    "latin.yaml": (b"seed: 1\n# caf\xe9\n", ", line 2: not in UTF-8; save it so"),
    "bytes.yaml": (b"\x00\x01", ": not a text file"),
    "tab.yaml": (b"line:\n\tmodulus: 7\n", ", line 2: found character '\\t' that cannot start"),
    "open.yaml": (b"a: [1\nb: {", ", line 2: expected ',' or ']', but got ':'"),
    "two.yaml": (b"seed: 1\n---\nseed: 2\n", ", line 2: expected a single document in the stream,"),
    "twice.yaml": (b"seed: 1\n\nseed: 2\n", ", line 3: 'seed' is given a second time, first in"),
    "inner.yaml": (b"line:\n  nodes: [1]\n  nodes: [2]\n", ", line 3: 'nodes' is given a second"),
    "twice.json": (b'{"seed": 1,\n"seed": 2}', ", line 2: 'seed' is given a second time, first in"),
    "object.yaml": (b"seed: !!python/name:os.system\n", ", line 1: could not determine a"),
    "template.yaml": (b"__use_yte__: true\nseed: ?1\n", ": templates are not supported"),
    "risks.csv": (
        b"family,target\n",
        f": it holds one value; it must hold keys, such as {TARGETS}",
    ),
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return an empty current folder with the default configuration in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.yaml").write_bytes((ROOT / "config.yaml").read_bytes())
    return tmp_path


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_file_that_cannot_be_used_is_named_with_its_line(folder, name):
    content, told = UNREADABLE[name]
    (folder / name).write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        read_config(folder / name)
    (fault,) = caught.value.faults
    first, _, last = told.partition(" such as ;")
    assert fault.startswith(f"{name}{first}") and fault.endswith(last)
    assert "\n" not in fault


def test_a_file_that_is_not_there_may_be_a_target(folder):
    (folder / "figures").mkdir()
    for name, told in (
        ("mine.yaml", "mine.yaml: no such file or directory"),
        ("results/risks.csv", f"results/risks.csv: no such file or directory{TARGETS}"),
        ("figures", f"figures: is a directory{TARGETS}"),
    ):
        with pytest.raises(ConfigError) as caught:
            read_config(name)
        assert caught.value.faults == (told,)


def test_keys_of_a_merged_mapping_may_be_given_anew(folder):
    (folder / "mine.yaml").write_text("a: &a {x: 1, y: 2}\nb: {<<: *a, x: 3}\n")
    assert read_config("mine.yaml")["b"] == {"x": 3, "y": 2}


@pytest.mark.parametrize("path", ["config.yaml", *(ROOT / "workflow/presets").glob("*.yaml")])
def test_files_of_the_project_are_read_as_they_are(path):
    path = ROOT / path
    assert read_config(path) == yaml.safe_load(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("line", "faults"),
    [
        ("--cores 2 --configfile config.yaml --config seed=1 nodes=2 -n -- figures", []),
        ("figures --configfile config.yaml", []),
        ("--configfile config.yaml figures", [f"figures: no such file or directory{TARGETS}"]),
        ("-C P=101", ["P: 'P' is not a key; known are "]),
        ("--config seed", ["seed: no value; give it as --config seed=VALUE"]),
        ("--config line.modulus=7", ["line.modulus: give it as --config 'line={modulus: 7}'"]),
        ("--config seed=1 seed=2", ["seed: given twice on the command line; keep one"]),
        (
            "--config seed=1 --configfile a.yaml config.yaml --config nodes=2",
            ["--config: given 2 times, of which Snakemake takes the last", "a.yaml: no such file"],
        ),
    ],
)
def test_a_command_line_is_refused_with_a_line_for_each_fault(folder, line, faults):
    if not faults:
        return check_command_line(line.split())
    with pytest.raises(SystemExit) as caught:
        check_command_line(line.split())
    told = str(caught.value).splitlines()
    assert len(told) == len(faults)
    for found, expected in zip(told, faults, strict=True):
        assert found.startswith(f"config: {expected}")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("null", None),
        ("None", None),
        ("~", None),
        ("1.5", 1.5),
        ("1.0e+6", 1e6),
        ("true", True),
        ("relu", "relu"),
        ("2026-05-13", "2026-05-13"),
        ("[", "["),
        (["2", "null", "x"], [2, None, "x"]),
        ({"modulus": "7", "nodes": ["4"]}, {"modulus": 7, "nodes": [4]}),
        (3, 3),
    ],
)
def test_text_of_the_command_line_is_what_it_would_be_in_a_file(text, value):
    found = typed(text)
    assert found == value and type(found) is type(value)


def placed(presets=None, options=None, default=DEFAULT):
    """Return the folders of a study as results and figures."""
    presets = {Path(name): content for name, content in (presets or {}).items()}
    config = default
    for changes in (*presets.values(), options or {}):
        config = merged(config, changes)
    return tuple(own_folders(config, default, presets, options or {}).values())


SMALL = {"nodes": 8}


@pytest.mark.parametrize(
    ("presets", "options", "folders"),
    [
        # The default study, whatever says so.
        ({}, {}, ("results", "figures")),
        ({"config.yaml": DEFAULT}, {}, ("results", "figures")),
        ({}, {"seed": DEFAULT["seed"]}, ("results", "figures")),
        # Its copy elsewhere.
        ({}, {"results": "results/again"}, ("results/again", "results/again/figures")),
        ({}, {"figures_folder": "pictures"}, ("results", "pictures")),
        # Other studies: named after their files, unless they say where.
        ({"mine.yaml": SMALL}, {}, ("results/mine", "results/mine/figures")),
        ({"/a/b/mine.yaml": SMALL}, {}, ("results/mine", "results/mine/figures")),
        ({"mine.yaml": SMALL}, {"seed": 1}, ("results/mine", "results/mine/figures")),
        ({"a.yaml": SMALL, "b.yaml": {"draws": 1}}, {}, ("results/a_b", "results/a_b/figures")),
        ({"mine.yaml": SMALL | {"results": "out"}}, {}, ("out", "out/figures")),
        (
            {"mine.yaml": SMALL | {"figures_folder": "pictures"}},
            {},
            ("results/mine", "pictures"),
        ),
        ({"mine.yaml": SMALL}, {"results": "results/x"}, ("results/x", "results/x/figures")),
        ({}, {"seed": 1, "results": "results/x"}, ("results/x", "results/x/figures")),
        # What is laid over a preset does not go where that preset alone goes.
        (
            {
                "a.yaml": SMALL | {"results": "results/a", "figures_folder": "f"},
                "b.yaml": {"draws": 1},
            },
            {},
            ("results/a_b", "results/a_b/figures"),
        ),
    ],
)
def test_every_study_but_the_default_has_folders_of_its_own(folder, presets, options, folders):
    assert placed(presets, options) == folders


@pytest.mark.parametrize(
    ("presets", "options", "fault"),
    [
        ({}, {"seed": 1}, "results: with another seed this is not the study of config.yaml"),
        ({}, {"seed": 1, "results": "results"}, "results: results is that of config.yaml, another"),
        ({"m.yaml": SMALL | {"results": "results"}}, {}, "results: results is that of config.yaml"),
        ({"m.yaml": SMALL | {"results": "figures"}}, {}, "results: figures is that of config.yaml"),
        (
            {"m.yaml": SMALL | {"figures_folder": "figures"}},
            {},
            "figures_folder: figures is that of config.yaml, another study",
        ),
        ({"risks.yaml": SMALL}, {}, "results: results/risks lies where the study of config.yaml"),
        ({"my study.yaml": SMALL}, {}, "results: no folder can be named after 'my study'"),
        ({}, {"results": "LICENSE"}, "results: LICENSE is a file"),
        ({}, {"results": "LICENSE/x"}, "results: LICENSE is a file"),
        ({}, {"results": "away/x"}, "results: away/x leads out of this folder, to "),
        ({}, {"results": "inside"}, "results: inside leads to "),
        ({}, {"results": "history"}, "results: history leads to "),
    ],
)
def test_a_study_that_would_write_over_something_is_refused(folder, presets, options, fault):
    (folder / "LICENSE").write_text("free")
    for link, place in (("away", folder.parent), ("inside", "src"), ("history", ".git")):
        (folder / link).symlink_to(place)
    before = sorted(folder.rglob("*"))
    with pytest.raises(ConfigError) as caught:
        placed(presets, options)
    (told,) = caught.value.faults
    assert told.startswith(fault)
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize(
    ("results", "figures", "key"),
    [
        *((folder, "figures", "results") for folder in SOURCES),
        ("results", "src/figures", "figures_folder"),
        ("SRC", "figures", "results"),
        ("results/datasets", "figures", "results"),
        ("results", "results/logs", "figures_folder"),
        ("mine", "mine/risks", "figures_folder"),
        ("figures/x", "figures", "results"),
        ("results", "results", "figures_folder"),
    ],
)
def test_a_folder_that_holds_something_else_is_refused(results, figures, key):
    (fault,) = folder_faults({"results": results, "figures_folder": figures})
    assert fault.startswith(f"{key}: ")


def test_every_folder_of_the_project_is_known():
    kinds = {".lock", ".md", ".py", ".yaml"}
    folders = {
        child.name
        for child in ROOT.iterdir()
        if child.is_dir()
        and not child.name.startswith((".", "build"))
        and not (child / "pyvenv.cfg").exists()
        and any(path.suffix in kinds for path in child.rglob("*"))
    }
    assert folders == set(config_files.SOURCES)
