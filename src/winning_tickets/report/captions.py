"""What a figure shows, in the sentence with which its module begins."""

from __future__ import annotations

import ast
from pathlib import Path


def caption(module: str | Path) -> str:
    """Return the sentence with which the module of a figure begins."""
    text = ast.get_docstring(ast.parse(Path(module).read_text(encoding="utf-8"))) or ""
    return " ".join(text.partition("\n\n")[0].split())
