"""Insights: what the pipeline teaches, each figure with its basis, as a chart, a table, a file, and the deals behind it."""
