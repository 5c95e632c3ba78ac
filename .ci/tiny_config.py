"""Lay a preset over config.yaml, but write where the default study writes, and every figure."""

import sys
from pathlib import Path

import yaml


def merged(base, changes):
    """Return a configuration with changes laid over it, as Snakemake does."""
    result = dict(base)
    for key, value in changes.items():
        both = isinstance(value, dict) and isinstance(base.get(key), dict)
        result[key] = merged(base[key], value) if both else value
    return result


if __name__ == "__main__":
    config, preset = map(Path, sys.argv[1:])
    default = yaml.safe_load(config.read_text(encoding="utf-8"))
    kept = {key: default[key] for key in ("results", "figures_folder", "figures")}
    tiny = merged(default, yaml.safe_load(preset.read_text(encoding="utf-8"))) | kept
    config.write_text(yaml.safe_dump(tiny, sort_keys=False), encoding="utf-8")
