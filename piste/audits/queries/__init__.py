"""Questions about audits: what past ones found, and (`looking`, loaded where an audit is made) what stands in the way now."""

from .told import Followed, followed, gone, newest, next_at, readers_of, schedule_of, severities

__all__ = ["Followed", "followed", "gone", "newest", "next_at", "readers_of", "schedule_of", "severities"]
