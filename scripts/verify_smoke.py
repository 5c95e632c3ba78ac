"""Compare a recomputed smoke study with the committed reference, or write that anew."""

import argparse
import shutil
import sys
from pathlib import Path

from winning_tickets.claims.reference import differences, stage_digests, time_notes
from winning_tickets.records.files import save_json

TABLES = ("risks.csv", "timings.csv")


def update(reference, results):
    """Make results the reference."""
    Path(reference).mkdir(parents=True, exist_ok=True)
    save_json(Path(reference, "digests.json"), stage_digests(results))
    for name in TABLES:
        shutil.copyfile(Path(results, name), Path(reference, name))


def main(words=None):
    """Read the command line, compare, and end with status 1 if anything but a time differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", help="folder of the recomputed study")
    parser.add_argument("reference", help="folder of the reference")
    parser.add_argument("--update", action="store_true", help="make the results the reference")
    arguments = parser.parse_args(words)
    if arguments.update:
        update(arguments.reference, arguments.results)
    folders = arguments.reference, arguments.results
    for note in time_notes(*folders):
        print(f"Note, no fault: {note}")
    lines = list(differences(*folders))
    print("\n".join(lines) or "The smoke study agrees with its reference.")
    sys.exit(1 if lines else 0)


if __name__ == "__main__":
    main()
