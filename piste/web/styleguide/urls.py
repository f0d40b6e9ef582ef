"""Address of the style guide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path

from piste.web.later import Later

if TYPE_CHECKING:
    from . import views
else:
    views = Later(f"{__package__}.views")

urlpatterns = [path("styleguide/", views.styleguide, name="styleguide")]
