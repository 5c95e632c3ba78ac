"""What archives and citations are told is told alike everywhere."""

import json
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]


def read(name):
    """Return a file of the project, parsed."""
    text = (ROOT / name).read_text(encoding="utf-8")
    if name.endswith(".toml"):
        return tomllib.loads(text)["project"]
    return json.loads(text) if name.endswith(".json") else yaml.safe_load(text)


CITED = read("CITATION.cff")
PLACES = {
    "codemeta.json": {
        "name": "title",
        "version": "version",
        "dateModified": "date-released",
        "description": "abstract",
        "keywords": "keywords",
    },
    ".zenodo.json": {
        "title": "title",
        "version": "version",
        "publication_date": "date-released",
        "description": "abstract",
        "license": "license",
        "keywords": "keywords",
    },
    "pyproject.toml": {"version": "version", "license": "license"},
}


@pytest.mark.parametrize("name", PLACES)
def test_archives_are_told_what_is_cited(name):
    cited = CITED | {"date-released": str(CITED["date-released"])}
    told = {key: read(name)[key] for key in PLACES[name]}
    assert told == {key: cited[source] for key, source in PLACES[name].items()}


def test_authors_and_the_paper_are_the_same_everywhere():
    (author,), (paper,) = CITED["authors"], CITED["references"]
    (identifier,) = paper["identifiers"]
    codemeta, zenodo = read("codemeta.json"), read(".zenodo.json")
    assert [entry["name"] for entry in codemeta["author"]] == [author["name"]]
    assert [entry["name"] for entry in zenodo["creators"]] == [author["name"]]
    assert read("pyproject.toml")["authors"] == [author]
    (published,) = codemeta["referencePublication"]
    assert (published["name"], published["identifier"]) == (paper["title"], identifier["value"])
    assert [entry["identifier"] for entry in zenodo["related_identifiers"]] == [identifier["value"]]
    assert codemeta["license"].endswith(f"/{CITED['license']}")


def test_the_last_version_told_of_is_the_one_cited():
    lines = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines()
    versions = [line[3:] for line in lines if line.startswith("## ") and line[3].isdigit()]
    assert versions[0] == CITED["version"]
