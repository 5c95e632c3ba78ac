"""Whether tickets generalize on tables of your own, and which."""
