"""Noise in the target: what is left of the share of p* on the target's line."""
