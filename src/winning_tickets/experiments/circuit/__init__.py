"""The gates that the quantum circuit takes."""
