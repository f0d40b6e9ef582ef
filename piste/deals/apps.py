"""What the room does when Django has loaded it."""

from __future__ import annotations

from django.apps import AppConfig


class Deals(AppConfig):
    """The spine."""

    name = "piste.deals"

    def ready(self) -> None:
        from piste.people.operations import on_renaming

        from .operations.around import index_again

        on_renaming(index_again)
