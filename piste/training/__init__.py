"""Training: what a team has learnt about selling, and who has read it.

A **lesson** (or script, or technique) belongs to a stage of a pipeline or to the whole of it, has versions, and names the figures
that support it without copying one: they are asked anew each time. A **receipt** says that a member read a version of a lesson or
of the process. The **path** is what a new member reads first, in order; how far they are follows from their receipts.
"""
