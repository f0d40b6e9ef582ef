"""The demo company: fourteen months of believable French business-to-business selling, from a seed.

Words: a *story* is one deal from first contact to its present state; *trade* is the material stories are made of.
The same seed and day give the same company; nothing is taken from real data.
"""
