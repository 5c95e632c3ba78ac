"""What softening the distribution changes, and what the ridge parameter."""
