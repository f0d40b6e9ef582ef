"""Many deals at once: what is asked of them, how far it is, what was refused and why, and taking it back."""
