"""Winning tickets sampled from the ridgelet distribution on a finite field."""
