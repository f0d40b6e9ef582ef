"""The products a deal would buy: lines with quantity and price, their sum, and the form of all of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, Self

from django import forms
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piste.catalogue.models import Product
from piste.company.models import Member
from piste.deals import operations
from piste.deals.models import Deal, DealProduct
from piste.deals.queries import fact_value
from piste.foundations.money import LIMIT, BadAmount, to_minor
from piste.web.board.forms import NumberField
from piste.web.parts.telling import quantity

from .facts import amount_refused, expected, typed

SPARE = 2
MOST = 100
MOST_PIECES = Decimal(10) ** 9


@dataclass(frozen=True, slots=True)
class Good:
    """One line; prices in minor units of the deal's currency, None when not quoted yet."""

    product_id: int
    name: str
    quantity_milli: int
    price: int | None

    @property
    def quantity(self) -> str:
        return quantity(self.quantity_milli)

    @property
    def total(self) -> int | None:
        """Quantity × price, halves to even."""
        if self.price is None:
            return None
        exact = Decimal(self.price) * self.quantity_milli / 1000
        return int(exact.to_integral_value(ROUND_HALF_EVEN))


@dataclass(frozen=True, slots=True)
class Goods:
    """All lines of a deal."""

    lines: Sequence[Good]
    currency: str
    amount: int | None

    @classmethod
    def of(cls, deal: Deal) -> Self:
        """The lines of a deal; one statement."""
        rows = DealProduct.objects.filter(deal=deal).order_by("pk")
        lines = [Good(*row) for row in rows.values_list("product_id", "product__name", "quantity_milli", "price_minor")]
        return cls(lines, deal.currency, deal.amount_minor)

    @property
    def sum(self) -> int | None:
        """The sum of the lines that have a price; None when none has."""
        totals = [line.total for line in self.lines if line.total is not None]
        return sum(totals) if totals else None

    @property
    def is_other_than_amount(self) -> bool:
        """Whether the deal could take the sum for its amount."""
        return self.sum is not None and self.sum != self.amount


class GoodForm(forms.Form):
    """One line; without product it is left out."""

    product = forms.TypedChoiceField(label=_("Product"), required=False, empty_value=None)
    quantity = NumberField(label=_("Quantity"), required=False)
    price = NumberField(label=_("Price each"), required=False)

    def __init__(self, *args: Any, products: Mapping[str, Product], currency: str, **kwargs: Any) -> None:
        self.currency = currency
        super().__init__(*args, **kwargs)
        field: Any = self.fields["product"]
        field.choices = [("", "—"), *((key, str(product)) for key, product in products.items())]
        field.coerce = products.__getitem__

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("product") is None:
            return found
        pieces = found.get("quantity")
        pieces = Decimal(1) if pieces is None else pieces
        if "quantity" not in self.errors and not (0 < pieces <= MOST_PIECES and pieces * 1000 == int(pieces * 1000)):
            self.add_error("quantity", gettext("A quantity is above 0, with three decimals at most."))
        found["milli"] = int(pieces * 1000)
        if found.get("price") is not None:
            try:
                found["minor"] = to_minor(found["price"], self.currency)
            except BadAmount as problem:
                self.add_error("price", amount_refused(problem, self.currency))
        return found


class GoodsForm(forms.Form):
    """All lines of a deal with some spare ones; `was` is what the page showed."""

    was = forms.CharField(widget=forms.HiddenInput, required=False)
    rows = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=MOST)

    def __init__(self, deal: Deal, member: Member, data: Any = None) -> None:
        self.deal, self.member, self.stands = deal, member, "goods"
        present = Goods.of(deal).lines
        super().__init__(data, initial={"was": json.dumps({"products": fact_value(deal, "products")})}, auto_id="goods_%s")
        asked = str((data or {}).get("rows", ""))
        count = min(int(asked), MOST) if asked.isdecimal() and len(asked) < 4 else len(present) + SPARE
        self.fields["rows"].initial = count
        products = Product.objects.filter(Q(retired_at=None) | Q(pk__in=[line.product_id for line in present]))
        # Read once: each line would ask for them again.
        choices = {str(product.pk): product for product in products.order_by("name")}
        self.lines = []
        for number in range(count):
            initial: dict[str, Any] = {}
            if number < len(present):
                line = present[number]
                initial = {"product": line.product_id, "quantity": line.quantity}
                initial["price"] = "" if line.price is None else typed(line.price, deal.currency)
            self.lines.append(GoodForm(data, prefix=f"good{number}", initial=initial, products=choices, currency=deal.currency))

    @property
    def label(self) -> str:
        """What the form is about."""
        return gettext("Products")

    def is_valid(self) -> bool:
        each = [line.is_valid() for line in self.lines]
        return super().is_valid() and all(each)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        lines = [line.cleaned_data for line in self.lines if line.is_valid() and line.cleaned_data.get("product")]
        products = [line["product"].pk for line in lines]
        if len(products) != len(set(products)):
            raise forms.ValidationError(gettext("A product stands here twice: put its quantities on one line."))
        found["lines"] = [(line["product"].pk, line["milli"], self._price(line)) for line in lines]
        total = Goods([Good(row[0], "", row[1], row[2]) for row in found["lines"]], self.deal.currency, None).sum
        if abs(total or 0) > LIMIT:
            raise forms.ValidationError(gettext("This sum is too large to be kept: check quantities and prices."))
        return found

    def _price(self, line: dict[str, Any]) -> int | None:
        """The price given; the list price of a product that has just come in without one."""
        if "minor" in line:
            price: int | None = line["minor"]
            return price
        product: Product = line["product"]
        known = {row[0] for row in fact_value(self.deal, "products")}
        return product.price_minor if product.pk not in known and product.currency == self.deal.currency else None

    def save(self, at: datetime) -> None:
        """Writes the lines. Raises `FactsChanged`."""
        now = {"products": fact_value(self.deal, "products")}
        operations.name_products(
            deal=self.deal,
            products=self.cleaned_data["lines"],
            by=self.member,
            at=at,
            expecting=expected(self.cleaned_data.get("was", ""), now),
        )


@transaction.atomic
def sum_as_amount(deal: Deal, *, seen: str, by: Member, at: datetime) -> None:
    """The sum of the products becomes the deal's amount. Raises `FactsChanged` when the sum is no longer the one `seen`."""
    total = Goods.of(deal).sum
    if total is None or str(total) != seen:
        raise operations.FactsChanged({"products": fact_value(deal, "products")})
    operations.amend(deal=deal, facts={"amount_minor": total}, by=by, at=at)
