"""Where the candidates of a ticket come from: the two samplers that are compared."""

OPTIMIZED, UNIFORM = "spectral", "uniform"

SOURCES = {OPTIMIZED: "from p*", UNIFORM: "uniform"}
"""Words of figures for each sampler of candidates."""
