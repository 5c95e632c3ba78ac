"""Tickets against what people would use instead, on the same data, with as many nodes."""
