"""Coming in: sign-in, the one-time link, and what the sign-in library asks of us."""
