"""From a sheet to deals, contacts and companies: a plan first, which writes nothing, then one transaction, which can be undone.

Always true here: rows read = created + updated + skipped + refused; a refused row changes nothing; an undone run leaves
every object as it found it.
"""
