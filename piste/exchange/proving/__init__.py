"""A forecast tried on the export of somebody's own deals, without an account: files in, what it would have said out.

Nothing is written and nothing is kept; the statistics are those of the pages (`piste.stats`).
"""
