"""Questions about automations, one file per subject."""

from .clock import found_by_clock
from .facts import facts_of, happened
from .kept import automations_of, told
from .trying import Once, Tried, tried

__all__ = ["Once", "Tried", "automations_of", "facts_of", "found_by_clock", "happened", "told", "tried"]
