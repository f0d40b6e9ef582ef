"""Values everybody stands on: money, names, days and periods, typography. No Django here."""
