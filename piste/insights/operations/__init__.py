"""Laying by what the insights read, and forgetting it. Nothing of it is in the database: it is a copy, made anew at will."""
