"""Products."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower


class Product(models.Model):
    """Something one sells; `price_minor` is in minor units of `currency`, None when each sale is quoted."""

    name = models.CharField(max_length=160)
    code = models.CharField(max_length=60, blank=True)
    price_minor = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3, default="EUR")
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="catalogue_product_name")]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
