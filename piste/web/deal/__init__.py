"""One deal: where it stands, its facts, its people, its files, and everything that happened."""
