"""What the company chose for itself."""

from __future__ import annotations

from datetime import time

from django.db import models


class Settings(models.Model):
    """The single row of the company's choices (`pk` is always 1); absent until the first start is done.

    `weekdays` are the days worked, Monday 0, each a digit; `opens` and `closes` the hours of those days in `time_zone`;
    `country` and `region` say which public holidays are kept.
    """

    name = models.CharField(max_length=120)
    language = models.CharField(max_length=5, default="en")
    currency = models.CharField(max_length=3, default="EUR")
    country = models.CharField(max_length=2, default="FR")
    time_zone = models.CharField(max_length=64, default="Europe/Paris")
    fiscal_year_month = models.PositiveSmallIntegerField(default=1)
    region = models.CharField(max_length=6, blank=True)
    weekdays = models.CharField(max_length=7, default="01234")
    opens = models.TimeField(default=time(9))
    closes = models.TimeField(default=time(18))
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="company_settings_one")]

    def __str__(self) -> str:
        return self.name
