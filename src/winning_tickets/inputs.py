"""What comes in from outside: arrays, numbers and seeds, checked in one place.

Nothing is read that would lose something on the way: a mask, a unit, an imaginary part. Every
refusal is one line that names the argument and says what to give instead.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

LARGEST_MAGNITUDE = 1e125
"""Targets beyond this would leave float64 in sums of squares over P^D nodes."""

SMALLEST_SQUARE = 1e-250
"""Sums of squares below this would leave float64 in products with thresholds."""

Seed = int | np.random.Generator | None
"""What a source of randomness is made of."""

# These hold the same as a plain array; other subclasses exist to carry something more.
_PLAIN_ARRAYS = (np.ndarray, np.memmap, np.matrix, np.recarray)
# NumPy nests no deeper.
_DEEPEST = 64

_WAYS_OUT = {
    "b": "give x.astype(int)",
    "f": "where all are whole, give x.astype(int), of a pandas table .to_numpy(int)",
    "c": "give the real part, x.real, if there is no other",
    "O": "fill in or drop what is missing, then give {astype}, of a pandas table {to_numpy}",
    "M": "give numbers, such as days since the first of them",
    "m": "give numbers, such as x / np.timedelta64(1, 's')",
    "V": "give its columns as one plain array",
}


def plain_array(value: ArrayLike, name: str, *, whole: bool = False) -> np.ndarray:
    """Return an argument as an array of plain finite numbers, or say what is wrong with it.

    Parameters
    ----------
    value : array_like
        An array, nested lists, or anything that NumPy turns into an array of numbers.
    name : str
        What to call it in an error.
    whole : bool, default False
        Whether integers are needed; booleans are none, and floats neither.

    Returns
    -------
    numpy.ndarray
        Of integers as they came if ``whole``, else a float64 copy; of any shape. An empty array
        has no values to be wrong and may be of any type.

    Raises
    ------
    TypeError
        For masked arrays, sparse matrices, quantities with units, objects (missing values of
        pandas among them), text, dates, records, complex numbers, and floats where whole numbers
        are needed.
    ValueError
        If rows differ in length or a value is not finite.
    """
    kinds = _kinds_inside(value)
    for kind in kinds:
        _refuse_more_than_numbers(kind, name)
    if whole and kinds & {bool, np.bool}:  # among integers NumPy would read them as such
        _refuse_other_than_numbers(np.dtype(bool), name, whole)
    array = _read(value, name)
    if array.size:
        _refuse_other_than_numbers(array.dtype, name, whole)
    if whole:
        return array
    with np.errstate(over="ignore", invalid="ignore"):
        array = array.astype(np.float64) if array.size else np.empty(array.shape)
    if not np.isfinite(array).all():
        raise ValueError(f"{name}: every value must be a finite number")
    return array


def check_magnitudes(array: np.ndarray, name: str) -> None:
    """Raise ValueError if a value is too large for sums of squares."""
    if np.max(np.abs(array), initial=0.0) > LARGEST_MAGNITUDE:
        raise ValueError(f"{name}: magnitudes above {LARGEST_MAGNITUDE:g}; rescale them")


def is_whole(value: Any) -> bool:
    """Whether a value is one integer; a truth value or a time difference is none."""
    return isinstance(value, (int, np.integer)) and not isinstance(value, (bool, np.timedelta64))


def is_real(value: Any) -> bool:
    """Whether a value is one real number; a truth value or a time difference is none."""
    return is_whole(value) or isinstance(value, (float, np.floating))


def to_float(value: Any) -> float:
    """Return a real number as a float, infinite beyond its range."""
    try:
        with np.errstate(over="ignore"):
            return float(value)
    except OverflowError:
        return np.inf if value > 0 else -np.inf


def check_count(value: int, name: str, least: int) -> int:
    """Return a whole number of at least ``least``, or raise ValueError."""
    if not is_whole(value) or value < least:
        raise ValueError(f"{name}: {value!r} is not a whole number of at least {least}")
    return int(value)


def check_not_negative(value: float, name: str) -> float:
    """Return a finite number of at least 0 as a float, or say what is wrong with it.

    Raises
    ------
    TypeError
        If it is not one real number.
    ValueError
        If it is negative or not finite.
    """
    if not is_real(value):
        raise TypeError(f"{name}: {_short(value)} is not a real number; at least 0 is needed")
    number = to_float(value)
    if not 0 <= number < np.inf:
        raise ValueError(f"{name}: {number} must be a finite number of at least 0")
    return number


def make_generator(rng: Seed, name: str = "rng") -> np.random.Generator:
    """Return a source of randomness.

    Parameters
    ----------
    rng : int, numpy.random.Generator or None
        A seed of at least 0, a source that is used on, or None for a seed from the system.
    name : str
        What to call it in an error.

    Returns
    -------
    numpy.random.Generator
        The source.

    Raises
    ------
    TypeError
        If it is neither of these.
    ValueError
        If the seed is negative.
    """
    sources = (np.random.Generator, np.random.BitGenerator, np.random.SeedSequence)
    if rng is not None and not is_whole(rng) and not isinstance(rng, sources):
        raise TypeError(
            f"{name}: {_short(rng)} is not a seed; a whole number of at least 0, a "
            "numpy.random.Generator or None is needed"
        )
    if is_whole(rng) and rng < 0:
        raise ValueError(f"{name}: {rng} is not a seed; a whole number of at least 0 is needed")
    return np.random.default_rng(rng)


def _kinds_inside(value: Any) -> set[type]:
    """Return the types of a value and of all that lists in it hold, however deep."""
    found = {type(value)}
    lists: list[Iterable] = [value] if isinstance(value, (list, tuple)) else []
    for _ in range(_DEEPEST):
        inside = set(map(type, chain.from_iterable(lists)))
        found |= inside
        if not any(issubclass(kind, (list, tuple)) for kind in inside):
            break
        lists = [part for part in chain.from_iterable(lists) if isinstance(part, (list, tuple))]
    return found


def _refuse_more_than_numbers(kind: type, name: str) -> None:
    """Raise TypeError for a type whose values carry what an array of numbers would lose."""
    if issubclass(kind, np.ma.MaskedArray):
        raise TypeError(
            f"{name}: masked values would be learnt as if they were data; drop them, or fill them "
            "in and give x.filled(value)"
        )
    if hasattr(kind, "toarray") or hasattr(kind, "todense"):
        raise TypeError(f"{name}: a sparse matrix ({kind.__name__}); give x.toarray()")
    # How astropy, unyt, pint and quantities name the two parts of a quantity.
    if any(hasattr(kind, unit) for unit in ("unit", "units")) and any(
        hasattr(kind, number) for number in ("value", "magnitude")
    ):
        raise TypeError(
            f"{name}: the unit of a {kind.__name__} would be lost; give its plain numbers, such as "
            "x.value or x.magnitude"
        )
    if issubclass(kind, np.ndarray) and kind not in _PLAIN_ARRAYS:
        raise TypeError(
            f"{name}: a {kind.__name__} may hold more than numbers; give np.asarray(x) if the "
            "numbers alone are meant"
        )


def _read(value: Any, name: str) -> np.ndarray:
    try:
        return np.asarray(value)
    except ValueError:
        raise ValueError(f"{name}: every row must have the same length") from None
    except (TypeError, RuntimeError) as error:  # arrays on other devices, or that track gradients
        reason = str(error).partition("\n")[0]
        raise TypeError(f"{name}: cannot be read as numbers: {reason}") from None


def _refuse_other_than_numbers(dtype: np.dtype, name: str, whole: bool) -> None:
    if dtype.kind in ("iu" if whole else "biuf"):
        return
    needed, plain = ("integers", "int") if whole else ("real numbers", "float")
    found = "records" if dtype.kind == "V" else dtype
    ways = {"astype": f"x.astype({plain})", "to_numpy": f".to_numpy({plain})"}
    way = _WAYS_OUT.get(dtype.kind, "give {astype}").format(**ways)
    raise TypeError(f"{name}: {needed} are needed, not {found}; {way}")


def _short(value: Any) -> str:
    """Return how a value is written, on one line of moderate length."""
    text = " ".join(repr(value).split())
    return text if len(text) <= 60 else f"{text[:60]}..."
