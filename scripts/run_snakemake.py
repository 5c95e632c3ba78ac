"""Run Snakemake; the locks of runs that were killed go first, those of living runs stay.

An interrupt ends it without a traceback, also in the second that loading Snakemake takes.
"""

import signal
import sys


def end(number, frame):
    """End with the exit status that shells give to what a signal has ended."""
    sys.exit(128 + number)


if __name__ == "__main__":
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, end)
    from snakemake.cli import main

    from winning_tickets.records.runs import clear_dead_locks

    if said := clear_dead_locks():
        print(said, flush=True)
    main()
