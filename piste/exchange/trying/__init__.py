"""A split test read from a file of anybody's, without an account: one row a unit in, what can be said of it out.

Nothing is written and nothing is kept; the statistics are those of the pages (`piste.stats.trials`).
"""
