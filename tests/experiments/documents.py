"""Numbers that documents state, beside those of the committed tables."""

import re
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).parents[2]


def rows(document, heading):
    """Return the cells of the first table below a heading or sentence."""
    text = (ROOT / "docs" / document).read_text(encoding="utf-8").partition(heading)[2]
    table = re.search(r"(^\|.*\|\n)+", text, re.MULTILINE)[0]
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()]
    return [cells[0], *cells[2:]]


def table(name, folder="workflow/reference/default"):
    """Return a table of the committed study: a run writes those in figures anew."""
    return pd.read_csv(ROOT / folder / f"{name}.csv")


def extended(name):
    """Return a table behind a committed figure of the extended study."""
    return pd.read_csv(ROOT / "figures/extended" / f"{name}.csv")


def prose(document):
    """Return a page with its line breaks as spaces, to look for sentences in."""
    return " ".join((ROOT / "docs" / document).read_text(encoding="utf-8").split())


def agrees(stated, value, digits=2):
    """Tell whether a stated number is a value rounded to some significant digits."""
    if stated.startswith("<"):
        return value < float(stated[1:])
    if float(stated) == 0:
        return value < 5e-4
    return abs(float(stated) - value) <= 0.51 * 10 ** (np.floor(np.log10(value)) + 1 - digits)
