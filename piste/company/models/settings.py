"""What the company chose for itself."""

from __future__ import annotations

from django.db import models


class Settings(models.Model):
    """The single row of the company's choices (`pk` is always 1); absent until the first start is done."""

    name = models.CharField(max_length=120)
    language = models.CharField(max_length=5, default="en")
    currency = models.CharField(max_length=3, default="EUR")
    country = models.CharField(max_length=2, default="FR")
    time_zone = models.CharField(max_length=64, default="Europe/Paris")
    fiscal_year_month = models.PositiveSmallIntegerField(default=1)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="company_settings_one")]

    def __str__(self) -> str:
        return self.name
