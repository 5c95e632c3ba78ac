"""What every figure must keep to: nothing clipped, too small or on top of another text."""

import itertools

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

SMALLEST = 6.5


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


def faults(figure):
    """Return in words what is clipped, too small or covered."""
    found = texts(figure)
    inside = figure.bbox.padded(1.5)
    wrong = [] if found else ["no text at all"]
    for text, box in found:
        if text.get_fontsize() < SMALLEST:
            wrong.append(f"too small: {text.get_text()!r}")
        if not all(inside.contains(*corner) for corner in ((box.x0, box.y0), (box.x1, box.y1))):
            wrong.append(f"clipped: {text.get_text()!r}")
    for (one, first), (two, second) in itertools.combinations(found, 2):
        if first.padded(-1).overlaps(second.padded(-1)):
            wrong.append(f"{one.get_text()!r} on {two.get_text()!r}")
    return wrong


def caption(figure):
    """Return the caption on one line."""
    return " ".join(figure.texts[-1].get_text().split())
