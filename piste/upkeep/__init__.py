"""Keeping the house in order: the checks that prove on the live database what is always true.

Words: a *check* is one invariant, with how many rows it looked at and the first that breaks it.
"""
