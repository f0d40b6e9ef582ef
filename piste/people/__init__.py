"""The people one sells to: companies and contacts, their duplicates and their merging.

Words: a *company* is a client or prospect company (the company that uses Piste is `piste.company`); a *contact* is
a person; a *merge* folds one record into another, keeps everything and can be undone.

Always true here: a merged record is never shown but never removed either; normalised keys (name, e-mail, phone,
domain) always match the fields they come from, because operations alone write them.
"""
