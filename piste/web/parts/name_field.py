"""The field of a name, wherever one is asked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


def name_field(label: Any, longest: int = 80) -> forms.CharField:
    """A name of at most so many characters; what is said when there is none."""
    return forms.CharField(label=label, max_length=longest, error_messages={"required": _("A name is needed.")})
