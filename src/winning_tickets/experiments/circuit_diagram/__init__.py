"""The quantum circuit, gate by gate."""
