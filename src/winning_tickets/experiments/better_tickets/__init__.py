"""Better tickets than independent draws from p*, at the same size."""
