"""How long drawing a ticket takes, alone on the machine."""
