"""Audits: what stands in the way of a pipeline, as it was on a day.

An **audit** looks through a pipeline with somebody's eyes and keeps what it found, append only: no word of it is ever written
down, only codes and figures, so that each reader has it in their language. A **finding** names the very deals (or companies,
contacts) it counted, becomes tasks, and says what has become of the same finding of the audit before. What was looked at and
found well is said too, and what could not be looked at.
"""
