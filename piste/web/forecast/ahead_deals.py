"""The open deals that bring most of a forecast."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils.translation import gettext, ngettext

from piste.deals.models import Deal
from piste.forecasting.models import Chance
from piste.foundations import typography
from piste.web.insights import words
from piste.web.parts.charts.figure import Definition
from piste.web.templatetags.piste import tongue

from .ahead_seen import Forecast

SHOWN = 12


@dataclass(frozen=True, slots=True)
class Line:
    """One open deal and its chance, in words."""

    deal_id: int
    name: str
    owner: str
    stage: str
    value: str
    within: str
    ever: str
    range: str


def definition(found: Forecast) -> Definition:
    """How the chances of single deals are counted."""
    told = found.said.get("verdict") or {}
    closed = told.get("closed", 0)
    return Definition(
        basis=gettext(
            "The open deals with most value × chance of being won within the running quarter, as last computed. Ever won: the "
            "chance of being won at all."
        ),
        sample=ngettext("learned from %(count)s closed deal", "learned from %(count)s closed deals", closed)
        % {"count": words.count(closed)},
        interval=gettext("95%, Wilson’s, of the share won among earlier deals like it; it always holds the chance itself"),
        rules=[gettext("The chance is learned from past moves and is no score; a deal’s own page tells its reasons.")],
    )


def open_deals(found: Forecast) -> list[Line]:
    """Those with most value × chance within the quarter, of the deals one may see; one statement."""
    look = found.look
    seen = Deal.objects.present().open().visible_to(look.request.user).filter(pipeline=look.pipeline)
    rows = Chance.objects.filter(deal__in=seen.order_by().values("pk"), deal__currency=look.currency)
    rows = rows.annotate(weight=F("within") * Coalesce(F("deal__amount_minor"), 0)).order_by("-weight", "-within", "pk")
    columns = (
        "deal_id",
        "deal__title",
        "deal__company__name",
        "deal__owner__name",
        "deal__stage__name",
        "deal__amount_minor",
        "within",
        "ever",
        "low",
        "high",
    )
    return [
        Line(
            deal_id=key,
            name=company or title,
            owner=owner,
            stage=stage,
            value="–" if amount is None else typography.amount(amount, look.currency, tongue()),
            within=words.rate(within, 0),
            ever=words.rate(ever, 0),
            range=f"{words.rate(low, 0)} – {words.rate(high, 0)}",
        )
        for key, title, company, owner, stage, amount, within, ever, low, high in rows.values_list(*columns)[:SHOWN]
    ]
