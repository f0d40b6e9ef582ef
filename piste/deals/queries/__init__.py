"""Questions about deals, one file per subject."""

from .facts import known_facts, lacking, required_facts
from .ledger import Ledger, MoveRow, ledgers, step_of, steps
from .standing import Standing, standing, standings

__all__ = [
    "Ledger",
    "MoveRow",
    "Standing",
    "known_facts",
    "lacking",
    "ledgers",
    "required_facts",
    "standing",
    "standings",
    "step_of",
    "steps",
]
