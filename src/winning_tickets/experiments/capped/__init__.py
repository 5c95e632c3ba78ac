"""Where a trivial sampler does: `capped` against exact ones, over caps, dimensions and points."""
