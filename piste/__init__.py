"""Piste: a sales-pipeline system."""
