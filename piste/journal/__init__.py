"""What happened, who did it and when: append only, hash-chained per subject.

Words: an *entry* says that one *subject* (a deal, a contact, a member, …) met a *verb* in the past tense
(`deal.moved`). The journal feeds the timeline, the live pages and, later, webhooks.

Always true here: entries of one subject are numbered 1, 2, 3… without a hole; the hash of each covers the
hash of the one before, so that a changed, removed or inserted row is found by `piste verify`. The database
itself refuses updates and deletes, except inside `journal.operations.permit_removal`.
"""
