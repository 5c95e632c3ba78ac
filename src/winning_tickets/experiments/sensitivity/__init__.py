"""All verdicts once more: under other seeds, and under other readings of the abstract."""
