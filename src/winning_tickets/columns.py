"""Columns of a table as coordinates in Z_P: numbers to residues, categories to 0 and 1.

Only half of the circle is used, 0..(P-1)/2: the residues 0 and P - 1 are neighbours, and the ends
of a column are not. The exception is data that live in Z_P already.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from .field import check_modulus, smallest_unsigned

if TYPE_CHECKING:
    import pandas as pd
    from sklearn.preprocessing import OneHotEncoder

MAPPINGS = ("quantile", "linear", "residues")
"""How numbers become residues: by rank, by value, or not at all."""

MISSING = ("refuse", "median")
"""What is done with missing values: nothing, in one line, or the median and a category."""

PERCENTILES = (0.01, 0.99)
"""Ends of the linear mapping; what lies beyond is clipped."""

ABSENT = "(missing)"
"""The category of missing values where they are not refused."""


@dataclass(frozen=True)
class Columns:
    """How the columns of a table become coordinates.

    Made by `fit_columns`; plain values throughout, so that it can be kept as JSON.

    Attributes
    ----------
    modulus : int
        The modulus P.
    mapping : str
        One of `MAPPINGS`.
    missing : str
        One of `MISSING`.
    names : tuple of str
        The columns by name, or by number for an array, in the order of the table.
    knots : tuple of tuple of float
        Of each column of numbers, values in ascending order ...
    positions : tuple of tuple of float
        ... and where on the half circle these lie; linear in between.
    medians : tuple of float
        Of each column of numbers, what stands in for a missing value.
    levels : mapping of int to tuple of str
        Of each column of categories, by its place, the categories as text.
    """

    modulus: int
    mapping: str
    missing: str
    names: tuple[str, ...]
    knots: tuple[tuple[float, ...], ...]
    positions: tuple[tuple[float, ...], ...]
    medians: tuple[float, ...]
    levels: Mapping[int, tuple[str, ...]] = field(default_factory=dict)

    @property
    def largest(self) -> int:
        """The largest position: (P-1)/2, or P - 1 for residues."""
        return self.modulus - 1 if self.mapping == "residues" else self.modulus // 2

    @property
    def dimension(self) -> int:
        """D: one coordinate a column of numbers, one a category."""
        return len(self.knots) + sum(map(len, self.levels.values()))

    def to_positions(self, table: Any) -> np.ndarray:
        """Return where rows lie, before rounding.

        Parameters
        ----------
        table : array_like or DataFrame, shape (n, columns)
            As many columns as were fitted.

        Returns
        -------
        numpy.ndarray of float64, shape (n, D)
            Numbers first, then categories; from 0 to `largest`. Values beyond the range fitted
            are clipped, and an unknown category is 0 in all coordinates of its column.

        Raises
        ------
        ValueError
            If a value is missing where that is refused, not a number, or no residue where residues
            are asked for; the line names the column.
        """
        numbers, categories = self._split(table)
        found = np.empty((len(numbers), self.dimension))
        for place, (knots, positions) in enumerate(zip(self.knots, self.positions, strict=True)):
            found[:, place] = np.interp(numbers[:, place], knots, positions)
        if self.levels:
            found[:, len(self.knots) :] = self._encoder.transform(categories) * self.largest
        return found

    def to_residues(self, table: Any) -> np.ndarray:
        """Return the nearest points of Z_P^D: `to_positions`, rounded to the smallest type."""
        return round_positions(self.to_positions(table), self.modulus)

    def count_clipped(self, table: Any) -> np.ndarray:
        """Count values outside the range fitted.

        Parameters
        ----------
        table : array_like or DataFrame, shape (n, columns)
            As many columns as were fitted.

        Returns
        -------
        numpy.ndarray of int, shape (columns,)
            Of each column of the table: numbers that are clipped, categories that are unknown.
        """
        numbers, categories = self._split(table)
        counts = np.zeros(len(self.names), dtype=int)
        low = np.array([knots[0] for knots in self.knots])
        high = np.array([knots[-1] for knots in self.knots])
        counts[self._number_places] = ((numbers < low) | (numbers > high)).sum(axis=0)
        for column, place in enumerate(self.levels):
            counts[place] = (~np.isin(categories[:, column], self.levels[place])).sum()
        return counts

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values for JSON."""
        return {
            "modulus": self.modulus,
            "mapping": self.mapping,
            "missing": self.missing,
            "names": list(self.names),
            "knots": [list(row) for row in self.knots],
            "positions": [list(row) for row in self.positions],
            "medians": list(self.medians),
            "levels": [[place, list(levels)] for place, levels in self.levels.items()],
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Columns:
        """Make it again from what `to_dict` returned."""
        return cls(
            check_modulus(values["modulus"]),
            values["mapping"],
            values["missing"],
            tuple(values["names"]),
            tuple(map(tuple, values["knots"])),
            tuple(map(tuple, values["positions"])),
            tuple(values["medians"]),
            {place: tuple(levels) for place, levels in values["levels"]},
        )

    @cached_property
    def _number_places(self) -> list[int]:
        return [place for place in range(len(self.names)) if place not in self.levels]

    @cached_property
    def _encoder(self) -> OneHotEncoder:
        return _fitted_encoder(list(self.levels.values()))

    def _split(self, table: Any) -> tuple[np.ndarray, np.ndarray]:
        """Return the columns of numbers (n, .) and those of categories (n, .), nothing missing."""
        numbers = _numbers(table, self._number_places, self.names)
        categories = _categories(table, list(self.levels), self.names, self.missing)
        gaps = np.isnan(numbers)
        if gaps.any():
            if self.missing == "refuse":
                name = self.names[self._number_places[int(gaps.any(axis=0).argmax())]]
                raise ValueError(_missing_line(name))
            numbers = np.where(gaps, np.array(self.medians), numbers)
        if self.mapping == "residues":
            _check_residues(numbers, [self.names[p] for p in self._number_places], self.modulus)
        return numbers, categories


def fit_columns(
    table: Any,
    modulus: int,
    mapping: str = "quantile",
    *,
    missing: str = "refuse",
    sample_weight: np.ndarray | None = None,
) -> Columns:
    """Find how the columns of a table become coordinates.

    Parameters
    ----------
    table : array_like or DataFrame, shape (M, columns)
        Numbers, and in a DataFrame also columns of text, categories or truth values, which get
        one coordinate a category, 0 or (P-1)/2.
    modulus : int
        The modulus P, an odd prime.
    mapping : {"quantile", "linear", "residues"}
        Numbers to 0..(P-1)/2 by their rank (equal values at the middle of theirs), linearly
        between the 1st and 99th percentile, or, where all are residues 0..P-1, as they are.
    missing : {"refuse", "median"}
        What missing values are: an error, or the column's median and a category of their own.
    sample_weight : numpy.ndarray of float64, shape (M,), optional
        How much each row counts in quantiles, more than 0.

    Returns
    -------
    Columns
        The mapping, to be applied to these and to new rows.

    Raises
    ------
    ValueError
        If a name is not known, a value is missing where that is refused, or a column of numbers
        holds something else; one line names the column.

    Examples
    --------
    >>> from winning_tickets.columns import fit_columns
    >>> columns = fit_columns([[0.0], [1.0], [2.0], [4.0]], modulus=5, mapping="linear")
    >>> columns.to_residues([[-3.0], [2.1], [9.0]]).ravel().tolist()
    [0, 1, 2]
    >>> columns.count_clipped([[-3.0], [2.1], [9.0]]).tolist()
    [2]
    """
    check_modulus(modulus)
    check_choice("mapping", mapping, MAPPINGS)
    check_choice("missing", missing, MISSING)
    names = column_names(table)
    with_text = [place for place in range(len(names)) if _is_category(table, place)]
    categories = _categories(table, with_text, names, missing)
    levels = {
        place: tuple(np.unique(categories[:, column]).tolist())
        for column, place in enumerate(with_text)
    }
    places = [place for place in range(len(names)) if place not in levels]
    numbers = _numbers(table, places, names)
    half = modulus // 2
    ends = ((0.0, modulus - 1.0),) * 2
    fitted = [
        _knots(column, weights, mapping, half) if mapping != "residues" else ends
        for column, weights in _present(numbers, sample_weight)
    ]
    medians = [
        _quantiles(column, weights, np.array([0.5]))[0] if len(column) else 0.0
        for column, weights in _present(numbers, sample_weight)
    ]
    columns = Columns(
        modulus,
        mapping,
        missing,
        names,
        tuple(knots for knots, _ in fitted),
        tuple(positions for _, positions in fitted),
        tuple(map(float, medians)),
        levels,
    )
    columns._split(table)  # refuses what is missing, or no residue
    return columns


def round_positions(positions: np.ndarray, modulus: int) -> np.ndarray:
    """Return the nearest residues of positions 0..P-1, in the smallest unsigned type."""
    return np.rint(positions).astype(smallest_unsigned(modulus))


def column_names(table: Any) -> tuple[str, ...]:
    """Return the names of a DataFrame's columns, or the numbers of an array's, as text."""
    if hasattr(table, "columns"):
        return tuple(map(str, table.columns))
    return tuple(map(str, range(np.asarray(table).shape[1])))


def has_categories(table: Any) -> bool:
    """Tell whether a table has columns of text, categories or truth values."""
    return hasattr(table, "dtypes") and any(
        _is_category(table, place) for place in range(table.shape[1])
    )


def check_choice(key: str, value: Any, known: Sequence[str]) -> None:
    """Raise ValueError if a value is none of the names known."""
    if not isinstance(value, str) or value not in known:
        raise ValueError(f"{key}: {value!r} is not known; known are {', '.join(known)}")


def _is_category(table: Any, place: int) -> bool:
    """Whether a column of a DataFrame holds anything but numbers; arrays hold numbers alone."""
    if not hasattr(table, "dtypes"):
        return False
    import pandas as pd

    kind = table.dtypes.iloc[place]
    return not pd.api.types.is_numeric_dtype(kind) or pd.api.types.is_bool_dtype(kind)


def _numbers(table: Any, places: list[int], names: Sequence[str]) -> np.ndarray:
    """Return columns of numbers as float64, missing values as NaN."""
    if not hasattr(table, "iloc"):
        table = np.asarray(table)
    found = np.empty((len(table), len(places)))
    for column, place in enumerate(places):
        try:
            found[:, column] = _one_column(table, place)
        except (TypeError, ValueError):
            raise ValueError(f"column {names[place]!r}: real numbers are needed") from None
        if np.isinf(found[:, column]).any():
            raise ValueError(f"column {names[place]!r}: infinity is no number to learn from")
    return found


def _one_column(table: Any, place: int) -> np.ndarray:
    if not hasattr(table, "iloc"):
        return table[:, place]
    return table.iloc[:, place].to_numpy(dtype=np.float64, na_value=np.nan)


def _categories(table: Any, places: list[int], names: Sequence[str], missing: str) -> np.ndarray:
    """Return columns of categories as text, missing values as a category where that is asked."""
    rows = len(table)
    found = np.empty((rows, len(places)), dtype=object)
    for column, place in enumerate(places):
        values: pd.Series = table.iloc[:, place]
        gaps = values.isna().to_numpy()
        if gaps.any() and missing == "refuse":
            raise ValueError(_missing_line(names[place]))
        text = values.astype(object).map(str).to_numpy(dtype=object)
        found[:, column] = np.where(gaps, ABSENT, text)
    return found


def _missing_line(name: str) -> str:
    return (
        f"column {name!r}: a value is missing (NaN); drop these rows, fill them in, or give "
        "missing='median'"
    )


def _fitted_encoder(levels: list[tuple[str, ...]]) -> OneHotEncoder:
    """Return scikit-learn's encoder for known categories; unknown ones are 0 throughout."""
    from sklearn.preprocessing import OneHotEncoder

    encoder = OneHotEncoder(
        categories=[np.array(row, dtype=object) for row in levels],
        handle_unknown="ignore",
        sparse_output=False,
    )
    return encoder.fit(np.array([[row[0] for row in levels]], dtype=object))


def _check_residues(numbers: np.ndarray, names: Sequence[str], modulus: int) -> None:
    bad = (numbers != np.rint(numbers)) | (numbers < 0) | (numbers >= modulus)
    if bad.any():
        name = names[int(bad.any(axis=0).argmax())]
        raise ValueError(
            f"column {name!r}: mapping 'residues' takes whole numbers 0..{modulus - 1}; "
            "'quantile' and 'linear' take any"
        )


def _present(
    numbers: np.ndarray, sample_weight: np.ndarray | None
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return of each column the values that are not missing, and how much each counts."""
    weights = np.ones(len(numbers)) if sample_weight is None else sample_weight
    kept = [~np.isnan(column) for column in numbers.T]
    return [(column[rows], weights[rows]) for column, rows in zip(numbers.T, kept, strict=True)]


def _knots(
    column: np.ndarray, weights: np.ndarray, mapping: str, half: int
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return values of one column, ascending, and where each of them lies on 0..(P-1)/2."""
    if len(column) == 0:
        return (0.0,), (0.0,)
    if mapping == "linear":
        knots = _quantiles(column, weights, np.array(PERCENTILES))
        if knots[0] == knots[-1]:  # rare values decide where most are alike
            knots = np.array([column.min(), column.max()])
        places = np.array([0.0, half])
    else:
        levels = _quantiles(column, weights, np.linspace(0, 1, half + 1))
        knots, first, counts = np.unique(levels, return_index=True, return_counts=True)
        places = first + (counts - 1) / 2
        if len(knots) > 1:
            places = (places - places[0]) * (half / (places[-1] - places[0]))
    if knots[0] == knots[-1]:
        return (float(knots[0]),), (0.0,)
    return tuple(knots.tolist()), tuple(places.tolist())


def _quantiles(column: np.ndarray, weights: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Return weighted quantiles, which scikit-learn's QuantileTransformer does not offer."""
    return np.quantile(column, shares, weights=weights, method="inverted_cdf")
