"""What a run writes down: files whole or not at all, tables, logs, where results come from."""
