"""Pruning by magnitude against drawing: where it wins, where it collapses."""
