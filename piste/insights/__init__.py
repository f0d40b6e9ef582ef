"""What the pipeline teaches: rates, times, flows, wins and losses, questions over everything; reads only.

A **scope** says what is asked about: a pipeline, as it was known at a moment, through whose eyes, narrowed by a filter. From it
`queries.reading` gives a **reading**: the stages of then, the history of the deals (`stats.history`), what each deal was worth.
All figures of pages, exports and the command line are made from a reading by `queries.figures`, so that they cannot differ.

What is read is kept by each process as columns (`queries.keeping`, `queries.ledger`). The worker lays a copy of them by in the
data folder (`operations.laying`), which a process that has just started takes up once it is proven (`queries.laid`).
"""
