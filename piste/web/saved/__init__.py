"""Saved views: names for a filter, an order and columns, on board and list alike."""
