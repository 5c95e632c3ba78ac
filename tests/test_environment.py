"""The lock, environment.yaml, pyproject.toml and the workflow name the same environment."""

import re
import subprocess
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
LOCKS = {path.stem: path.read_text() for path in (ROOT / "envs").glob("*.lock")}
PINS = {
    name: dict(re.findall(r"^([\w.-]+)==([\w.]+)", text, re.MULTILINE))
    for name, text in LOCKS.items()
}
LOCKED = PINS["requirements"]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
CONDA = yaml.safe_load((ROOT / "envs" / "environment.yaml").read_text())["dependencies"]
CONDA_NAMES = {"matplotlib-base": "matplotlib"}
# Written so that this line does not match itself.
ADDRESS = re.compile(
    rb"pypi\.org|python[h]osted|anaconda\.org|npm[j]s|://[^\s\"')]+/[s]imple|extra[-]index-url"
)


def requirements() -> list[Requirement]:
    project = PROJECT["project"]
    declared = project["dependencies"] + project["optional-dependencies"]["dev"]
    return [Requirement(text) for text in declared]


def conda_pins() -> dict[str, str]:
    pins = dict(re.fullmatch(r"([\w-]+) ?(.*)", entry).groups() for entry in CONDA)
    return {CONDA_NAMES.get(name, name): pin for name, pin in pins.items()}


def tracked_files() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    paths = [ROOT / name for name in listing.stdout.decode().split("\0") if name]
    return [path for path in paths if path.is_file()]


@pytest.mark.parametrize("requirement", requirements(), ids=str)
def test_lock_satisfies_the_declared_requirement(requirement):
    assert LOCKED[canonicalize_name(requirement.name)] in requirement.specifier


@pytest.mark.parametrize("requirement", requirements(), ids=str)
def test_conda_pins_the_locked_version(requirement):
    pin = conda_pins()[requirement.name]
    release = Version(LOCKED[canonicalize_name(requirement.name)]).release
    assert pin == f"={release[0]}.{release[1]}"


def test_conda_names_nothing_else():
    assert set(conda_pins()) == {r.name for r in requirements()} | {"python", "pip"}
    assert conda_pins()["python"] == PROJECT["project"]["requires-python"]


def test_build_backend_is_in_the_lock():
    # The project is installed without build isolation.
    for text in PROJECT["build-system"]["requires"]:
        requirement = Requirement(text)
        assert LOCKED[requirement.name] in requirement.specifier


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_carries_hashes_and_no_path(name):
    lock = LOCKS[name]
    entries = re.split(r"^(?=[\w.-]+==)", lock, flags=re.MULTILINE)[1:]
    assert len(entries) == len(PINS[name]) > 50
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in lock
    assert "--index-url" not in lock
    assert not re.search(r"(^|\s)/\w", lock)


@pytest.mark.parametrize("extra", ["docs", "peers"])
def test_lock_of_an_extra_satisfies_it_and_changes_nothing_else(extra):
    for text in PROJECT["project"]["optional-dependencies"][extra]:
        requirement = Requirement(text)
        assert PINS[extra][canonicalize_name(requirement.name)] in requirement.specifier
    # What both name is installed once, so it has to be the same.
    both = PINS[extra].keys() & LOCKED.keys()
    assert {name: PINS[extra][name] for name in both} == {name: LOCKED[name] for name in both}


def test_the_lock_of_peers_adds_what_the_extra_names_and_nothing_else():
    wanted = {
        canonicalize_name(Requirement(text).name)
        for text in PROJECT["project"]["optional-dependencies"]["peers"]
    }
    assert PINS["peers"].keys() - LOCKED.keys() == wanted


def test_installed_project_is_this_version():
    assert metadata.version("winning-tickets") == PROJECT["project"]["version"]


def test_citation_gives_this_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert citation["version"] == PROJECT["project"]["version"]


def test_no_tracked_file_holds_a_registry_address():
    found = [str(path) for path in tracked_files() if ADDRESS.search(path.read_bytes())]
    assert not found


@pytest.mark.parametrize(
    "parts", [(b"pypi.", b"org"), (b"files.python", b"hosted"), (b"http://mirror/py/", b"simple")]
)
def test_the_address_check_finds_addresses(parts):
    assert ADDRESS.search(b"".join(parts))


def test_every_conda_file_named_by_a_rule_exists():
    named = [
        (rules.parent / name).resolve()
        for rules in (ROOT / "workflow" / "rules").glob("*.smk")
        for name in re.findall(r"conda:\s*[\"'](.+?)[\"']", rules.read_text())
    ]
    assert named
    assert {path for path in named if not path.is_file()} == set()
