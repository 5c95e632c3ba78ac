"""What a smaller budget of queries costs: total variation of heavy to p* against queries."""
