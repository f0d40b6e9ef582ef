"""Questions about deals, one file per subject."""

from .facts import fact_value, known_facts, lacking, required_facts, said
from .knowledge import knowing, lacking_one
from .ledger import Ledger, MoveRow, ledgers, step_of, steps
from .neighbours import Neighbours, neighbours
from .people import main_contacts, with_owner
from .progress import Progress, forward_count
from .standing import Standing, standing, standings, stands, stood_over

__all__ = [
    "Ledger",
    "MoveRow",
    "Neighbours",
    "Progress",
    "Standing",
    "fact_value",
    "forward_count",
    "knowing",
    "known_facts",
    "lacking",
    "lacking_one",
    "ledgers",
    "main_contacts",
    "neighbours",
    "required_facts",
    "said",
    "standing",
    "standings",
    "stands",
    "step_of",
    "steps",
    "stood_over",
    "with_owner",
]
