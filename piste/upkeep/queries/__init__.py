"""Questions about the whole database: the invariants, and what lies in the bin for too long."""

from .check import Check
from .checks import checks, ledger_fault, standing_still
from .due import DUE, due

__all__ = ["DUE", "Check", "checks", "due", "ledger_fault", "standing_still"]
