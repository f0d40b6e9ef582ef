"""The keys: one page, shown as a dialog over any other by `?`."""
