"""Draw the flow of the study: `python docs/flow.py` writes flow.svg beside this file."""

from pathlib import Path
from xml.etree import ElementTree as Xml

PICTURE = Path(__file__).with_suffix(".svg")

# Each step with the folder that a reader opens for it, below src/winning_tickets or at the top.
STEPS = {
    "config": "study/",
    "dataset": "families/",
    "tickets": "samplers/",
    "risks": "experiments/",
    "table": "results/",
    "figure": "experiments/",
    "claims": "claims/",
}
# What reaches the table from the configuration without passing the steps between.
BRANCHES = {
    "timings": "alone on the machine",
    "further questions": "generalization, better tickets, ...",
}

BOX, GAP, HEIGHT, LANE, EDGE = 88, 24, 52, 68, 4

# Colours follow the reader's scheme; the background stays the page's.
STYLE = """
text { font-family: "DejaVu Sans", Verdana, Helvetica, Arial, sans-serif; text-anchor: middle; }
.name { font-size: 16px; fill: #1f2328; }
.where { font-size: 11px; fill: #59636e; }
.box { fill: #eef4fb; stroke: #3a6ea5; stroke-width: 1.5; }
.arrow { fill: none; stroke: #59636e; stroke-width: 1.5; marker-end: url(#head); }
.head { fill: #59636e; }
@media (prefers-color-scheme: dark) {
  .name { fill: #f0f6fc; }
  .where { fill: #9198a1; }
  .box { fill: #17222e; stroke: #6aa5dd; }
  .arrow { stroke: #9198a1; }
  .head { fill: #9198a1; }
}
"""


def draw() -> str:
    """Return the picture as SVG."""
    width = len(STEPS) * (BOX + GAP) - GAP + 2 * EDGE
    height = HEIGHT + LANE * len(BRANCHES) + 2 * EDGE
    frame = {"viewBox": f"0 0 {width} {height}", "width": f"{width}", "height": f"{height}"}
    svg = Xml.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "role": "img", **frame})
    Xml.SubElement(svg, "title").text = " -> ".join(STEPS)
    Xml.SubElement(svg, "style").text = STYLE
    size = {"viewBox": "0 0 8 8", "markerWidth": "6", "markerHeight": "6"}
    head = Xml.SubElement(
        svg, "marker", {"id": "head", "refX": "7", "refY": "4", "orient": "auto", **size}
    )
    Xml.SubElement(head, "path", {"class": "head", "d": "M0 0L8 4L0 8z"})

    left = {step: EDGE + place * (BOX + GAP) for place, step in enumerate(STEPS)}
    middle, bottom = EDGE + HEIGHT // 2, EDGE + HEIGHT
    for step, folder in STEPS.items():
        _box(svg, left[step], EDGE, BOX, step, folder)
    for step in list(STEPS)[1:]:
        _arrow(svg, f"M{left[step] - GAP} {middle}H{left[step]}")
    # Drawn below dataset, tickets and risks, from half of the first to half of the last.
    start, end = left["config"] + BOX // 2, left["table"] + BOX // 2
    first, last = left["dataset"] + BOX // 2, left["risks"] + BOX // 2
    for place, (name, words) in enumerate(BRANCHES.items(), start=1):
        level = middle + LANE * place
        _arrow(svg, f"M{start} {bottom}V{level}H{first}")
        _arrow(svg, f"M{last} {level}H{end}V{bottom}")
        _box(svg, first, EDGE + LANE * place, last - first, name, words)
    Xml.indent(svg)
    return Xml.tostring(svg, encoding="unicode") + "\n"


def _box(svg: Xml.Element, x: int, y: int, width: int, name: str, words: str) -> None:
    place = {"x": f"{x}", "y": f"{y}", "width": f"{width}", "height": f"{HEIGHT}", "rx": "6"}
    Xml.SubElement(svg, "rect", {"class": "box", **place})
    for text, kind, below in ((name, "name", 23), (words, "where", 41)):
        centre = {"class": kind, "x": f"{x + width // 2}", "y": f"{y + below}"}
        Xml.SubElement(svg, "text", centre).text = text


def _arrow(svg: Xml.Element, path: str) -> None:
    Xml.SubElement(svg, "path", {"class": "arrow", "d": path})


if __name__ == "__main__":
    PICTURE.write_text(draw(), encoding="utf-8")
