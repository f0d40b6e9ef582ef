"""Invented histories of deals whose truth is known: what makes deals won, and when."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from piste.stats.winning.ledger import Change, Deal, Fact

#: Days from creation to the second stage, and the chance of ever being won by what is known of a deal.
BETTER, WORSE = 0.8, 0.2


def history(
    *, count: int = 500, days: float = 420.0, seed: int = 1, signal: bool = True, leak: bool = False, pause: float | None = None
) -> list[Deal]:
    """Deals created evenly over `days`, won or lost some 40 days later; those of a referral mostly won when there is a `signal`.
    A `leak` is a field written with the outcome. From `pause` on hardly any deal comes in any more."""
    rng = np.random.default_rng(seed)
    found = []
    for number, created in enumerate(np.sort(rng.uniform(0, days, count))):
        if pause is not None and created > pause and rng.random() < 0.8:
            continue
        found.append(_deal(rng, number, float(created), days, signal=signal, leak=leak))
    return found


def _deal(rng: np.random.Generator, number: int, created: float, days: float, *, signal: bool, leak: bool) -> Deal:
    source = "referral" if rng.random() < 0.5 else "fair"
    won = rng.random() < ((BETTER if source == "referral" else WORSE) if signal else 0.5)
    closed = created + float(rng.gamma(4.0, 10.0))
    over = closed <= days
    status = ("won" if won else "lost") if over else "open"
    second = created + float(rng.uniform(2, 20))
    changes = [Change(created, "first")] + ([Change(second, "second")] if second < min(closed, days) else [])
    facts = [Fact("source", source), Fact("colour", str(rng.choice(["red", "green", "blue"])))]
    if leak:
        facts.append(Fact("reason", "signed" if won else "too dear") if over else Fact("colour_again", "red"))
    return Deal(f"d{number}", created, status, closed if over else None, float(rng.lognormal(8, 0.5)), changes, facts)


def known_at(deals: Sequence[Deal], at: float) -> list[Deal]:
    """The same deals as somebody would have seen them at a moment."""
    found = []
    for deal in deals:
        if deal.created > at:
            continue
        over = deal.closed is not None and deal.closed <= at
        found.append(
            Deal(
                deal.id,
                deal.created,
                deal.status if over else "open",
                deal.closed if over else None,
                deal.amount,
                [change for change in deal.changes if change.at <= at],
                deal.facts,
            )
        )
    return found
