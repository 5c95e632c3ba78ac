"""How near drawn nodes are to the optimized distribution."""
