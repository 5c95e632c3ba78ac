"""What is added from outside, a file or folder and its registration, runs to a figure.

The four examples are those that docs/architecture.md shows.
"""

import shutil
from pathlib import Path

import pandas as pd
import pytest
import yaml

from tests.study.test_plan import DEFAULT, merged
from tests.workflow.pipeline import Pipeline

ROOT = Path(__file__).parents[2]
EXAMPLES, LIBRARY = ROOT / "docs/examples", "src/winning_tickets"
# File or folder, where it goes, what its registry is told: an import where it needs one, a line.
ADDITIONS = (
    (
        "diagonal.py",
        f"{LIBRARY}/families",
        {"from .digits import Digits\n": "from .diagonal import Diagonal\n"},
        {"        Digits(),\n": "        Diagonal(),\n"},
    ),
    (
        "unshifted.py",
        f"{LIBRARY}/samplers",
        {"from .uniform import UniformSampler\n": "from .unshifted import UnshiftedSampler\n"},
        {"        CircuitSampler,\n": "        UnshiftedSampler,\n"},
    ),
    (
        "heaviest.py",
        f"{LIBRARY}/experiments/better_tickets/methods",
        {"from .greedy import Greedy\n": "from .heaviest import Heaviest\n"},
        {"        Greedy(),\n": "        Heaviest(),\n"},
    ),
    ("question/repeats", f"{LIBRARY}/experiments", {}, {'    "fidelity",\n': '    "repeats",\n'}),
)
CONFIG = merged(
    DEFAULT,
    {
        "families": ["diagonal", "random"],
        "samplers": ["uniform", "unshifted", "spectral"],
        "targets": ["sines"],
        "dimensions": [3],
        "nodes": 3,
        "replicates": 3,
        "draws": 1,
        "sweep": {"dimensions": [3], "nodes": [2]},
        "random": {"points": 20},
        "better_tickets": {
            "families": ["diagonal"],
            "targets": ["sines"],
            "dimension": 4,
            "nodes": 2,
            "candidates": [2],
            "factor": 2,
            "sweep": [3],
            "replicates": 3,
        },
        "repeats": {"dimensions": [1, 4], "points": 20, "nodes": [4, 16, 64]},
        "questions": ["risks", "better_tickets", "repeats"],
        "figures": ["risk_vs_dimension", "better_tickets", "repeats"],
    },
)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Return the pipeline with all four additions after a run to its figures."""
    pipeline = Pipeline(tmp_path_factory.mktemp("outside"))
    for name, folder, *edits in ADDITIONS:
        source, target = EXAMPLES / name, pipeline.folder / folder / Path(name).name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, target)
        for edit in edits:
            for line, addition in edit.items():
                pipeline.edit(f"{folder}/__init__.py", line, line + addition)
    text = yaml.safe_dump(CONFIG, sort_keys=False)
    (pipeline.folder / "config.yaml").write_text(text)
    figures = [f"figures/{name}.png" for name in CONFIG["figures"]]
    finished = pipeline.run(*figures)
    assert finished.returncode == 0, finished.stdout
    return pipeline


def figure(study, name):
    """Return the table behind a figure that was drawn."""
    assert (study.folder / f"figures/{name}.png").stat().st_size
    return pd.read_csv(study.folder / f"figures/{name}.csv")


def test_a_family_and_a_sampler_are_in_the_figure_of_risks(study):
    risks = figure(study, "risk_vs_dimension")
    assert set(risks["family"]) == {"diagonal", "random"}
    assert set(risks["sampler"]) == {"uniform", "unshifted", "spectral"}
    assert set(risks.loc[risks["family"] == "diagonal", "points"]) == {5}


def test_a_way_to_make_a_ticket_is_in_the_comparison(study):
    compared = figure(study, "better_tickets")
    own = compared[compared["way"] == "heaviest"]
    assert set(own["sampler"]) == {"spectral", "uniform"}
    assert own["relative_risk"].notna().all()


def test_a_question_has_its_table_and_its_figure(study):
    table = pd.read_csv(study.folder / "results/repeats.csv")
    assert set(table["status"]) == {"ok", "skipped"}
    assert table.loc[table["status"] == "skipped", "reason"].tolist() == [
        "Z_5^1 has fewer points than repeats.points"
    ]
    shown = figure(study, "repeats")
    assert set(shown["sampler"]) == {"spectral", "uniform"}
    assert (shown["unique_nodes"] <= shown["nodes"]).all()


def test_an_edit_of_an_addition_renews_what_rests_on_it(study):
    targets = [f"figures/{name}.png" for name in CONFIG["figures"]]
    before = study.sources(["src"])
    study.edit(f"{LIBRARY}/experiments/repeats/figure.py")
    planned = study.planned(*targets)
    study.restore(before)
    assert planned.keys() == {"draw_figure"}
    assert planned["draw_figure"] == {f"figures/repeats.{end}" for end in ("png", "pdf", "csv")}
    study.edit(f"{LIBRARY}/families/diagonal.py")
    planned = study.planned(*targets)
    study.restore(before)
    assert planned["generate_dataset"] == {"results/datasets/diagonal_D3.npz"}
