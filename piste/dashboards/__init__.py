"""Dashboards: figures somebody put together, to be seen at a glance, on a desk or on a wall.

Words: a *dashboard* is a list of figures by their keys over one question (`asked`: pipeline, period and filter, as the address of
an insights page says them); the *ready-made* one stands for everybody until somebody changes it, which makes it theirs.
A *schedule* sends it by e-mail to its *readers*; a *delivery* is one reader's copy of one occasion.

Always true here: a dashboard names a figure once; its owner has one dashboard of a name in a pipeline; what it shows is what the
one who looks may see, whoever owns it, on a page as in a letter; a reader has at most one copy of an occasion, whatever clocks
and workers do.
"""
