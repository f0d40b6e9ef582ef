"""Training: lessons by stage with the figures that support them, what is to be read, what works here."""
