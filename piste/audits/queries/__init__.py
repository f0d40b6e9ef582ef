"""Questions about audits: what stands in the way now (`looking`), and what past audits found."""

from .looking import Looked, look
from .told import Followed, followed, gone, newest, next_at, readers_of, schedule_of, severities

__all__ = ["Followed", "Looked", "followed", "gone", "look", "newest", "next_at", "readers_of", "schedule_of", "severities"]
