"""Questions about ideas and split tests, one file per subject."""

from .among import narrowed
from .ideas import Told, idea_rows
from .running import (
    factorial_with,
    in_force,
    needs_of_variant,
    next_number,
    variant_of,
    variant_told,
    variants_of,
    with_own_playbook,
)
from .varied import arms_since, automation_rows, run_for, way_of, wording_of, wordings

__all__ = [
    "Told",
    "arms_since",
    "automation_rows",
    "factorial_with",
    "idea_rows",
    "in_force",
    "narrowed",
    "needs_of_variant",
    "next_number",
    "run_for",
    "variant_of",
    "variant_told",
    "variants_of",
    "way_of",
    "with_own_playbook",
    "wording_of",
    "wordings",
]
