"""What stands around a deal: where it came from, who takes part, what it would buy, why it was lost."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from piste.catalogue.models import Product
from piste.people.models import Contact


class Source(models.Model):
    """Where prospects come from (web site, trade fair, referral…)."""

    name = models.CharField(max_length=80)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="deals_source_name")]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class LossReason(models.Model):
    """Why a deal was lost, from the company's own list."""

    name = models.CharField(max_length=120)
    position = models.PositiveIntegerField(default=0)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="deals_lossreason_name")]
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name


class Tag(models.Model):
    """A free word on deals."""

    name = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="deals_tag_name")]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class PurchaseRole(models.TextChoices):
    """A contact's part in the purchase."""

    DECIDES = "decides", _("Decides")
    SIGNS = "signs", _("Signs")
    CHAMPION = "champion", _("Champion")
    INFLUENCES = "influences", _("Influences")
    USES = "uses", _("Uses")
    BUYS = "buys", _("Buys")
    BLOCKS = "blocks", _("Blocks")
    OTHER = "other", _("Other")


class DealContact(models.Model):
    """A contact taking part in a deal."""

    deal = models.ForeignKey("deals.Deal", models.CASCADE, related_name="people")
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="+")
    role = models.CharField(max_length=10, choices=PurchaseRole, default=PurchaseRole.OTHER)
    is_main = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["deal", "contact"], name="deals_dealcontact_once")]
        ordering = ["-is_main", "pk"]

    def __str__(self) -> str:
        return f"{self.deal_id} {self.contact_id}"


class DealProduct(models.Model):
    """A product a deal would buy; `quantity_milli` in thousandths, `price_minor` per unit in the deal's currency."""

    deal = models.ForeignKey("deals.Deal", models.CASCADE, related_name="products")
    product = models.ForeignKey(Product, models.PROTECT, related_name="+")
    quantity_milli = models.BigIntegerField(default=1000)
    price_minor = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["deal", "product"], name="deals_dealproduct_once")]
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.deal_id} {self.product_id}"
