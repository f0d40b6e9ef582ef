"""Questions about ideas and split tests, one file per subject."""

from .among import narrowed
from .ideas import Told, idea_rows
from .running import factorial_with, in_force, needs_of_variant, next_number, variant_of, variant_told, with_own_playbook

__all__ = [
    "Told",
    "factorial_with",
    "idea_rows",
    "in_force",
    "narrowed",
    "needs_of_variant",
    "next_number",
    "variant_of",
    "variant_told",
    "with_own_playbook",
]
