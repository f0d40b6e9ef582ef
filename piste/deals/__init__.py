"""The prospect on its way: deals, their ledger, and the kept totals of the board.

Words: a *deal* is one prospect's possible purchase; its *status* is open, won, lost or held; a *move* is an entry of its
append-only *ledger*; the *column* of a deal is the stage in which the board shows it.

Always true here: a deal's present state is exactly what `rules.replay` gives for its ledger; moves of a deal are numbered
1, 2, 3… and hash-chained; the database refuses to change or remove a move; kept totals equal the sums over deals;
every open deal stands in a stage in use of its own pipeline. `piste verify` proves all of it on the live database.
"""
