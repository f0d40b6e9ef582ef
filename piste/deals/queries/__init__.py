"""Questions about deals, one file per subject."""

from .facts import known_facts, lacking, required_facts
from .ledger import Ledger, ledgers, step_of, steps

__all__ = ["Ledger", "known_facts", "lacking", "ledgers", "required_facts", "step_of", "steps"]
