"""What the tests of all figures share: their texts as printed, and that these can be read."""

import itertools

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

GREYS = np.array([0.299, 0.587, 0.114])


def texts(figure):
    """Return the visible texts of a figure with the boxes they fill, in pixels."""
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    hidden = {id(label) for axis in figure.axes for label in _labels_not_drawn(axis)}
    return [
        (text, text.get_window_extent(renderer))
        for text in figure.findobj(Text)
        if text.get_visible() and text.get_text().strip() and id(text) not in hidden
    ]


def _labels_not_drawn(axis):
    """Yield the tick labels outside the limits of an axis, and all of a panel that is off."""
    for side, limits in ((axis.xaxis, axis.get_xlim()), (axis.yaxis, axis.get_ylim())):
        for tick in (*side.get_major_ticks(), *side.get_minor_ticks()):
            if not axis.axison or not min(limits) <= tick.get_loc() <= max(limits):
                yield from (tick.label1, tick.label2)


def assert_readable(figure):
    """Check that no text is clipped, too small, or on top of another."""
    found = texts(figure)
    assert found
    for text, box in found:
        assert text.get_fontsize() >= 6.5, text.get_text()
        inside = figure.bbox.padded(1.5)
        corners = ((box.x0, box.y0), (box.x1, box.y1))
        assert all(inside.contains(*corner) for corner in corners), f"clipped: {text.get_text()!r}"
    for (one, first), (two, second) in itertools.combinations(found, 2):
        overlap = first.padded(-1).overlaps(second.padded(-1))
        assert not overlap, f"{one.get_text()!r} on {two.get_text()!r}"


def caption(figure):
    """Return the caption of a figure on one line."""
    return " ".join(figure.texts[-1].get_text().split())


def greyscale(colour):
    """Return how light a colour "#rrggbb" is in greyscale, 0 to 1."""
    rgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return rgb @ GREYS
