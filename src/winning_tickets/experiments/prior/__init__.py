"""The prior's width: from uniform, which memorises, to narrow, which cannot learn (ours)."""
