"""Faults of a configuration, each told in one line that names its key."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import jsonschema

# What jsonschema calls a fault, and what to say of the value.
_FAULTS = {
    "minimum": "is too small",
    "exclusiveMinimum": "is too small",
    "maximum": "is too large",
    "exclusiveMaximum": "is too large",
    "minItems": "is empty",
    "uniqueItems": "names something twice",
    "pattern": "cannot be used",
    "minLength": "is empty",
    "enum": "is not known",
}


class ConfigError(ValueError):
    """A configuration that cannot be run; the message has one line per fault."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(f"config: {fault}" for fault in self.faults))


def schema_faults(config: Any, schema: Mapping[str, Any]) -> dict[str, list[str]]:
    """Compare a configuration with its JSON schema.

    Parameters
    ----------
    config : Any
        What was read from the configuration; anything but a mapping is a fault.
    schema : mapping
        A JSON schema, draft 2020-12, whose descriptions complete "it must be ...".

    Returns
    -------
    dict of list of str
        Faults by top-level key, each "key.path: what is wrong; what would be right".

    Notes
    -----
    Unlike plain JSON schema, 97.0 is not an integer, and NaN and infinities are not numbers.
    """
    faults: dict[str, list[str]] = {}
    for error in _validator(schema).iter_errors(config):
        path = list(error.absolute_path)
        for where, text in _messages(error, path, schema):
            faults.setdefault(str(where[0]) if where else "", []).append(
                f"{_dotted(where)}: {text}"
            )
    return faults


def unknown_name(kind: str, name: object, known: Iterable[str]) -> str:
    """Say that a name is not known, with the nearest one that is.

    Parameters
    ----------
    kind : str
        What is named, with its article: "a sampler".
    name : object
        What was given.
    known : iterable of str
        The valid names.

    Returns
    -------
    str
        The fault, without the key.
    """
    names = list(known)
    near = difflib.get_close_matches(str(name), names, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}?" if near else "known are " + ", ".join(names)
    return f"{name!r} is not {kind}; {hint}"


def unknown_names(key: str, kind: str, names: Sequence[str], known: Iterable[str]) -> Iterator[str]:
    """Yield a fault for each name of a list that is not known.

    Parameters
    ----------
    key : str
        The key whose value the list is.
    kind, known
        See `unknown_name`.
    names : sequence of str
        The list.

    Yields
    ------
    str
        The fault, with the key and the place in the list.
    """
    known = list(known)
    for place, name in enumerate(names):
        if isinstance(name, str) and name not in known:
            yield f"{key}[{place}]: {unknown_name(kind, name, known)}"


def _messages(
    error: jsonschema.ValidationError, path: list[str | int], schema: Mapping[str, Any]
) -> Iterable[tuple[list[str | int], str]]:
    """Turn one fault of the schema into places and texts."""
    if error.validator == "additionalProperties":
        known = error.schema["properties"]
        for key in error.instance:
            if key not in known:
                yield [*path, str(key)], unknown_name("a key", key, known)
    elif error.validator == "required":
        for key in error.validator_value:
            if key not in error.instance:
                part = error.schema["properties"][key]
                if "$ref" in part:
                    part = schema["$defs"][part["$ref"].rpartition("/")[2]]
                yield [*path, key], f"missing; it must be {_meaning(part)}"
    else:
        wrong = _FAULTS.get(str(error.validator), "has the wrong type")
        hint = _text_hint(error.instance) if error.validator == "type" else ""
        yield path, f"{_shown(error.instance)} {wrong}; it must be {_meaning(error.schema)}{hint}"


def _text_hint(value: object) -> str:
    """Explain a number that arrived as text."""
    try:
        float(value if isinstance(value, str) else "")
    except ValueError:
        return ""
    return " (a number in quotes is text; powers of ten are written like 1.0e+6)"


def _dotted(path: list[str | int]) -> str:
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            name = part if part.isprintable() else ascii(part)
            text += f".{name}" if text else name
    return text or "the file"


def _shown(value: object) -> str:
    if isinstance(value, str):
        return f"the text {value!r}"
    if isinstance(value, Mapping):
        return "a mapping"
    text = (
        "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    )
    return text if len(text) <= 60 else text[:57] + "..."


def _meaning(schema: Mapping[str, Any]) -> str:
    return schema.get("description") or "a mapping of the keys " + ", ".join(schema["properties"])


def _validator(schema: Mapping[str, Any]) -> jsonschema.protocols.Validator:
    base = jsonschema.Draft202012Validator
    types = base.TYPE_CHECKER.redefine("integer", _is_integer).redefine("number", _is_number)
    return jsonschema.validators.extend(base, type_checker=types)(schema)


def _is_integer(checker: object, value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(checker: object, value: object) -> bool:
    return _is_integer(checker, value) or (isinstance(value, float) and math.isfinite(value))
