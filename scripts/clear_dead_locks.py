"""Clear the locks of runs that were killed, before the next run; those of living runs stay."""

from winning_tickets.records.runs import clear_dead_locks

if __name__ == "__main__":
    if said := clear_dead_locks():
        print(said)
