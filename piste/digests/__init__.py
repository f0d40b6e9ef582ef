"""The morning letter: what the day holds for one member.

Words: the *digest* of a day is written once for each member who wants it, on their working days, from the hour they chose in
their time zone until their day ends; a day that holds nothing has one too, without a letter.

Always true here: a member has at most one digest a local day, whatever clocks and workers do.
"""
