"""The picture of the flow is what its code draws, and names folders that are there."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from xml.etree import ElementTree

import pytest
from matplotlib.textpath import TextPath

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def flow():
    """Return docs/flow.py, which is no part of the library, as a module."""
    spec = spec_from_file_location("flow", ROOT / "docs/flow.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_committed_picture_is_the_one_that_the_code_draws(flow):
    assert flow.PICTURE.read_text(encoding="utf-8") == flow.draw()


def test_every_step_names_a_folder(flow):
    for folder in flow.STEPS.values():
        assert folder == "results/" or (ROOT / "src/winning_tickets" / folder).is_dir(), folder


def test_text_stays_in_its_box_and_everything_in_the_picture(flow):
    svg = ElementTree.fromstring(flow.draw())
    width, height = (int(svg.get(side)) for side in ("width", "height"))
    boxes = [
        [int(box.get(side)) for side in ("x", "y", "width", "height")]
        for box in svg.findall("{*}rect")
    ]
    assert len(boxes) == len(flow.STEPS) + len(flow.BRANCHES)
    for x, y, wide, high in boxes:
        assert x >= 0 and y >= 0 and x + wide <= width and y + high <= height
        texts = [text for text in svg.findall("{*}text") if x <= int(text.get("x")) <= x + wide]
        inside = [text for text in texts if y < int(text.get("y")) < y + high]
        assert len(inside) == 2
        sizes = {"name": 16, "where": 11}
        for text in inside:
            drawn = TextPath((0, 0), text.text, size=sizes[text.get("class")])
            assert drawn.get_extents().width < wide - 4, text.text
