"""Trying a change on half of the deals before making it everybody's.

Words: an *idea* is a hypothesis about a stage; a *split test* gives deals that enter a stage one of two or more *variants* of
how it is worked, by chance; the first variant is the *control*, what is done today. The *unit* is what is drawn: a deal, a
company with all its deals, a rep with all of theirs. The *measure* is what the variants are compared by, *guards* what must not
get worse.

Always true here: which variant a unit gets follows from the test's salt and the unit alone, so it is the same for life; an
assignment is never changed nor removed, and the deal's journal tells of it; what a running test compares is not redesigned.
"""
