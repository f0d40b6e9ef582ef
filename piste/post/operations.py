"""Writing letters and carrying them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from email.utils import format_datetime
from enum import Enum
from smtplib import SMTPDataError, SMTPRecipientsRefused
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction

from piste.company.models import Member

from . import rules
from .models import Enclosure, Letter
from .writing import File, Page, Plain, as_html, as_text

log = logging.getLogger(__name__)

#: Whether a letter is still wanted when it is about to leave, by its purpose. `reactions.py` fills it.
STILL_WANTED: dict[str, Callable[[Letter, datetime], bool]] = {}


class Carried(Enum):
    """What became of a look for a letter: it is over with one, there was none, or the server is out of reach."""

    ONE = "one"
    NONE = "none"
    NO_SERVER = "no server"


@transaction.atomic
def write(
    *,
    key: str,
    purpose: str,
    to: Member,
    page: Page | Plain,
    at: datetime,
    expires_at: datetime,
    about: Mapping[str, Any] | None = None,
    address: str = "",
    language: str = "",
    file: File | None = None,
) -> bool:
    """Writes a letter into the transaction of what it tells of; False when this key has one already.

    With an `address` it goes there, on the member's behalf; `language` is that of its words when it is not theirs.
    """
    made = Letter(
        key=key,
        purpose=purpose,
        about=dict(about or {}),
        member=to,
        address=address,
        message_id=rules.message_id(key, settings.DEFAULT_FROM_EMAIL, settings.SECRET_KEY),
        subject=" ".join(page.subject.splitlines())[:250],
        text=as_text(page),
        html=as_html(page, language or to.language),
        written_at=at,
        expires_at=expires_at,
        held_until=at,
    )
    if Letter.objects.filter(key=key).exists():
        return False
    made.save(force_insert=True)
    if file is not None:
        Enclosure.objects.create(letter=made, name=file.name, kind=file.kind, content=file.content)
    return True


def carry(*, at: datetime) -> Carried:
    """Takes the letter that has waited longest to the mail server. It is taken for oneself in one transaction, sent, and
    marked in another: whoever dies in between leaves it to be carried again, as the same message."""
    letter = _take(at)
    if letter is None:
        return Carried.NONE
    if why := _not_worth_it(letter, at):
        _drop(letter, at, why)
        return Carried.ONE
    try:
        if not _message(letter).send():
            _drop(letter, at, "nobody can have this address")
            return Carried.ONE
    except SMTPRecipientsRefused as problem:
        refused = [code for code, _said in problem.recipients.values()]
        return _put_off(letter, at) if all(code < 500 for code in refused) else _refuse(letter, at, problem)
    except SMTPDataError as problem:
        return _put_off(letter, at) if problem.smtp_code < 500 else _refuse(letter, at, problem)
    except ValueError as problem:
        return _refuse(letter, at, problem)
    except OSError:
        log.exception("A letter could not be sent and waits: is PISTE_SMTP_URL right?")
        _put_off(letter, at)
        return Carried.NO_SERVER
    _end(letter, sent_at=at)
    return Carried.ONE


def burn(*, purpose: str, **about: int) -> int:
    """Removes the letters of a purpose about something that is erased, sent or not; returns how many there were."""
    return Letter.objects.filter(purpose=purpose, **{f"about__{name}": key for name, key in about.items()}).delete()[0]


def clear_away(*, at: datetime) -> int:
    """Removes letters that have long been over; what they told of remembers that it was told."""
    return Letter.objects.over().filter(written_at__lt=at - rules.KEPT).delete()[0]


@transaction.atomic
def _take(at: datetime) -> Letter | None:
    """The oldest letter nobody holds, held by the caller from now on."""
    found = Letter.objects.waiting().filter(held_until__lte=at).order_by("held_until", "pk")
    letter = found.select_for_update(skip_locked=True, of=("self",)).select_related("member").first()
    if letter is not None:
        letter.held_until, letter.tries = at + rules.HELD, letter.tries + 1
        letter.save(update_fields=["held_until", "tries"])
    return letter


def _not_worth_it(letter: Letter, at: datetime) -> str:
    """Why a letter is not to be sent any more; empty when it is."""
    if at >= letter.expires_at:
        return "too late"
    if not letter.member.is_active:
        return "has left"
    wanted = STILL_WANTED.get(letter.purpose)
    return "" if wanted is None or wanted(letter, at) else "no longer wanted"


def _message(letter: Letter) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        letter.subject,
        letter.text,
        to=[letter.address or letter.member.email],
        # An answer goes to whom it was written for.
        reply_to=[letter.member.email] if letter.address else None,
        headers={
            "Message-ID": letter.message_id,
            "Date": format_datetime(letter.written_at),
            "Auto-Submitted": "auto-generated",
        },
    )
    message.attach_alternative(letter.html, "text/html")
    if enclosed := Enclosure.objects.filter(letter=letter).first():
        message.attach(enclosed.name, bytes(enclosed.content), enclosed.kind)
    return message


def _put_off(letter: Letter, at: datetime) -> Carried:
    Letter.objects.filter(pk=letter.pk).update(held_until=at + rules.wait(letter.tries))
    return Carried.ONE


def _refuse(letter: Letter, at: datetime, problem: Exception) -> Carried:
    log.warning("The mail server refuses a letter to member %s: %s", letter.member_id, problem)
    _drop(letter, at, f"refused: {problem}")
    return Carried.ONE


def _drop(letter: Letter, at: datetime, why: str) -> None:
    _end(letter, dropped_at=at, why_dropped=why[:200])


@transaction.atomic
def _end(letter: Letter, **ended: Any) -> None:
    """The letter is over; what was enclosed is not kept."""
    if Letter.objects.waiting().filter(pk=letter.pk).update(**ended):
        Enclosure.objects.filter(letter=letter).delete()
