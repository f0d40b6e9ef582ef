"""Keeping the house in order: the checks that prove on the live database what is always true.

Re-tests: on its day each change of the process is held against what was expected of it.

Words: a *check* is one invariant, with how many rows it looked at and the first that breaks it. A
*re-test* is what was measured of a process version before and after it, kept as it was said that day; its *verdict* is what a
person made of it. Always true: neither is ever changed; a version is measured once a day at most.
"""
