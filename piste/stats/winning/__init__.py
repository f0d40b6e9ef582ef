"""The chance that an open deal is won, learned from what was known of earlier deals while they were open.

Words: a *landmark* is a past moment at which a deal was open, seen as it was known then; a *fact* is a field of a deal, with
the moment its value became known when that is on record; a *leak* is a fact that tells the outcome because it was written at
or after it. A deal still open is censored: nobody counts it as lost.
"""
