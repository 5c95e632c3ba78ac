"""Whether a ticket generalizes: full grids of which only a random part is seen."""
