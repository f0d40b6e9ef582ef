"""Edits of many deals."""
