"""Pages of the insights."""
