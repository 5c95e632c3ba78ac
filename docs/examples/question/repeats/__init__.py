"""How many of a ticket's nodes are distinct."""
