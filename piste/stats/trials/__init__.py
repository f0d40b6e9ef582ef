"""Split tests: how many units they need, what may be said while they run, and what they say in the end.

Words: a *unit* is what is assigned (a deal, a company, a rep); an *arm* is the control or a variant; a *look* is a moment at
which the figures may be read; the *planned* number is that of all units of all arms together.
"""
