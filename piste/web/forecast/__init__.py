"""Forecast: targets, the reps' own calls, and what it takes to reach a target."""
