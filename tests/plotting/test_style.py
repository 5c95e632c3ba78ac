"""The look that all figures share: looks of samplers, layout checks, deterministic files."""

import subprocess
import sys

import pandas as pd
from matplotlib.image import imread
from PIL import Image

from tests.experiments.figures import draw
from tests.plotting.checks import greyscale, texts
from winning_tickets.plotting import style


def test_the_check_of_layouts_sees_a_clipped_and_an_overlapping_text():
    figure = style.new_figure(3.5, 2.0)
    figure.text(0.99, 0.5, "a long text that leaves the page")
    _, box = texts(figure)[0]
    assert box.x1 > figure.bbox.x1


def test_looks_differ_in_marker_and_survive_greyscale():
    markers = [look.marker for look in style.LOOKS.values()]
    assert len(set(markers)) == len(markers)
    assert len({look.colour for look in style.LOOKS.values()}) == len(markers)
    lines = {(look.marker, str(look.line)) for look in style.LOOKS.values()}
    assert len(lines) == len(markers)
    assert style.look("later").label == "later"


def test_colours_are_dark_enough_in_greyscale():
    """Every sampler stands out from white paper when colour is lost."""
    for look in style.LOOKS.values():
        assert greyscale(look.colour) < 0.75, look.label


def test_files_are_complete_and_repeat_exactly_without_date_commit_or_machine(tmp_path):
    figure, table = draw("acceptance_vs_points")
    first = style.save(figure, table, tmp_path / "one" / "picture")
    figure, table = draw("acceptance_vs_points")
    second = style.save(figure, table, tmp_path / "two" / "picture")
    assert [path.name for path in first] == ["picture.png", "picture.pdf", "picture.csv"]
    for one, two in zip(first, second, strict=True):
        assert one.read_bytes() == two.read_bytes()
    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == sorted(
        path.name for path in first
    )
    png, pdf, csv = first
    # A picture with text chunks could say more than its table and the code that draws it.
    with Image.open(png) as picture:
        assert picture.info.keys() == {"dpi"}
    assert b"CreationDate" not in pdf.read_bytes()
    assert imread(png).shape[1] == 300 * style.SINGLE_COLUMN
    assert len(pd.read_csv(csv)) == len(table)


def test_the_library_itself_does_not_load_matplotlib():
    code = "import sys, winning_tickets, winning_tickets.experiments.risks.summary;"
    code += "import winning_tickets.law; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
