"""What forecasts have to say, in words that all doors share."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

WORTH = {
    "reliable": gettext_lazy(
        "The chances of single deals can be relied on: on past deals their squared error is %(gain)s smaller than that of the "
        "base rate."
    ),
    "no_signal": gettext_lazy(
        "No reliable score exists for these deals: nothing that is known of them tells who will buy better than the base rate "
        "does, so each is given the base rate."
    ),
    "base_rate": gettext_lazy("Not enough history: base rate. Closed deals so far: %(closed)s."),
}
BY_STAGE = {
    "no_signal": gettext_lazy(
        "No reliable score exists for these deals: nothing that is known of them tells who will buy better than their stage "
        "does, so each is given the base rate of its stage."
    ),
    "base_rate": gettext_lazy(
        "Not enough history to tell deals of one stage apart: base rate of each stage. Closed deals so far: %(closed)s."
    ),
}


def worth(verdict: str, *, by: str, gain: str, closed: str) -> str:
    """What the chances of single deals are worth; nothing before anybody judged them."""
    sentences = WORTH | BY_STAGE if by == "stage_table" else WORTH
    return str(sentences[verdict]) % {"gain": gain, "closed": closed} if verdict in sentences else ""
