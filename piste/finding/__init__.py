"""Finding anything by a fragment of its words: one table of searchable texts, filled by the rooms above.

Words: a *document* is the searchable text of one subject (a deal, a contact, a company). Accents, case and
punctuation do not count. Rooms call `operations.index` when a text changes; `queries.find` answers.
"""
