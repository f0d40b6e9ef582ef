"""What comes in and goes out in quantity: imports, exports, back-ups, the demo company.

Words: a *reading* turns a file into typed rows; a *mapping* says which column is which fact; a *run* is one import, which
can be undone whole; the *demo company* is generated from a seed, clearly labelled, and removed in one action.
"""
