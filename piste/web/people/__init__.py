"""Companies and contacts: lists, pages, doubles and their merging."""
