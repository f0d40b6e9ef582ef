"""What the company sells.

Words: a *product* has a name, perhaps a code, and a list price in one currency.
"""
