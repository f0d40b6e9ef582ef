"""The embedded database as Django meets it: its own SQLite backend, whose writers wait for their turn."""
