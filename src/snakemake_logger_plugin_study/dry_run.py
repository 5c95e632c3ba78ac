"""What a dry run says: which jobs would run, by rule and reason."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

SHOWN = 3
"""Names that a line lists before it counts the others."""

# How Snakemake's reasons begin, and what is said of them. One of the first says it all: where a
# file is missing, whatever it is made from counts as changed too.
_ENOUGH = {
    "Forced execution": "asked for",
    "Missing output files": "missing",
    "Incomplete output files": "incomplete",
}
_CHANGED = {
    "Code has changed": "script has changed",
    "Params have changed": "settings have changed",
    "Set of input files has changed": "other inputs",
    "Software environment definition has changed": "other environment",
}
_EDITED = re.compile(r"Updated input files: ([^;]+)")
_FOLLOWS = "follows"


class DryRun:
    """The jobs of a dry run.

    Attributes
    ----------
    counts : mapping of str to int
        Jobs of each rule in the order of the flow, if Snakemake has told it.
    """

    def __init__(self) -> None:
        self.counts: Mapping[str, int] = {}
        self._names: dict[tuple[str, str], list[str]] = {}

    def add(self, rule: str, name: str, reason: str) -> None:
        """Note a job, and why Snakemake would run it, in Snakemake's words."""
        self._names.setdefault((rule, _why(reason)), []).append(name)

    def table(self) -> Iterator[str]:
        """Yield a line for every rule, with its reasons, and one for all; none without jobs."""
        whys: dict[str, dict[str, list[str]]] = {}
        for (rule, why), names in self._names.items():
            whys.setdefault(rule, {})[why] = names
        counts = {rule: sum(map(len, found.values())) for rule, found in whys.items()}
        counts = counts or self.counts  # only these are told with --quiet rules
        rules = [rule for rule in self.counts if rule in counts]
        rows = [(rule, counts[rule], _reasons(whys.get(rule, {}))) for rule in rules or counts]
        if rows:
            rows.append(("total", sum(counts.values()), "would run; for files: --verbose"))
        wide = max((len(rule) for rule, _, _ in rows), default=0)
        for rule, count, why in rows:
            yield f"{rule:<{wide}} {count:>5}  {why}".rstrip()


def job_name(wildcards: Mapping[str, object]) -> str:
    """Return the name of a job: what its wildcards stand for."""
    return "/".join(str(value) for value in wildcards.values())


def _why(reason: str) -> str:
    """Say in a few words why a job would run."""
    for beginning, words in _ENOUGH.items():
        if reason.startswith(beginning):
            return words
    found = [words for beginning, words in _CHANGED.items() if beginning in reason]
    if edited := _EDITED.search(reason):
        found.insert(0, f"changed: {_several(sorted(edited[1].split(', ')))}")
    return ", ".join(found) or _FOLLOWS


def _reasons(whys: Mapping[str, Sequence[str]]) -> str:
    """Write the reasons of a rule's jobs; how many have each, where they differ."""
    several = len(whys) > 1
    return "; ".join(
        f"{len(names)} {why}{_listed(names)}" if several else f"{why}{_listed(names)}"
        for why, names in whys.items()
    )


def _listed(names: Sequence[str]) -> str:
    named = sorted(name for name in names if name)
    return f" ({_several(named)})" if named else ""


def _several(names: Sequence[str]) -> str:
    """Write names one after another, the first few of many."""
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more} more" if more > 0 else "")
