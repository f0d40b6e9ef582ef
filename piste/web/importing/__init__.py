"""Importing in four steps: file, correspondence, rehearsal, import; and what was imported, each undoable."""
