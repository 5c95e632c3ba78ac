"""The closed form and every exact sampler, checked where all can be written out."""
