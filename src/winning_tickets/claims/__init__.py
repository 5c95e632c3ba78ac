"""Verdicts on the declared claims, from the tables of the study."""
