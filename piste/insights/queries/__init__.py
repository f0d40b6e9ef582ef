"""Questions of the insights; see the package's parts."""

from .facts import DealFacts
from .keeping import keep
from .reading import Reading, StagePlace, earlier, reading, settled
from .scope import Scope

__all__ = ["DealFacts", "Reading", "Scope", "StagePlace", "earlier", "keep", "reading", "settled"]
