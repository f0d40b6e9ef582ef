"""The bin: what was put there, by whom and when, each brought back by a click."""
