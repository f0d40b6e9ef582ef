"""What is to be reached, what the reps say they will bring, and what it takes: targets, calls, reverse planning.

Words: a *target* is an amount (in the company's currency) or a number of wins that the company, a team, a rep or a product is to
reach in a month, quarter or fiscal year of a pipeline; a *call* is what a rep says: of a deal, how sure it is (its *category*),
and of a period, what they will bring; *coverage* is open value against what is left of a target, *pace* what is won against what
should be by today; a *plan* counts back from a target to the deals needed at each stage.

Always true here: what was set or said once stays as it was said (rows are added, never changed); the last row counts.
"""
