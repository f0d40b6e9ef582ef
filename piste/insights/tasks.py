"""What the clock does for the insights."""

from __future__ import annotations

from django.tasks import task


@task()
def lay_columns_by() -> bool:
    """Lays by what the insights read, for web processes yet to start."""
    # It computes: the web process, which knows this module too, does not wait for that at its start.
    from .operations.laying import lay_by

    return lay_by()
