"""Piste as an app of the phone or the computer."""
