"""One page without any other file, from a template and what it shows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, StrictUndefined

from ..records.files import whole_file
from .contents import relative


def write_page(page: str | Path, template: str | Path, contents: Mapping[str, Any]) -> None:
    """Write the page, completely or not at all.

    Parameters
    ----------
    page : str or Path
        The HTML file.
    template : str or Path
        A Jinja template; text is escaped, and what it asks for must be there.
    contents : mapping
        What it shows.
    """
    made = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    made.filters["link"] = lambda path: quote(relative(path, page))
    text = made.from_string(Path(template).read_text(encoding="utf-8")).render(contents)
    with whole_file(page) as partial:
        partial.write_text(text, encoding="utf-8")
