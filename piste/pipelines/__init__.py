"""Pipelines and their stages: the shape of the way a prospect takes.

Words: a *pipeline* is an ordered list of *stages*; the *role* of a stage is what the product may assume about it
whatever its name; its *norm* is the number of days a deal should stay; a *requirement* is a fact that must be
known to enter or to leave; a *process version* is the state of the definition between two changes.

Always true here: a pipeline in use has at least one stage; positions of its stages are all different; each change
is a process version that says what, when, who and why; a retired stage stays readable for ever.
"""
