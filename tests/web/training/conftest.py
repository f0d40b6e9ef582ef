"""Training: on the scene that several screens share."""

from tests.web.scene import HTMX, _on_the_casts_day, _own_folder, deal, sign_in, stages

__all__ = ["HTMX", "_on_the_casts_day", "_own_folder", "deal", "sign_in", "stages"]
