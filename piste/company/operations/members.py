"""Members: joining, changing, leaving, coming back, and how they sign in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.db.models import F

from piste.company.models import Member, Role, Settings, SignInLink, Team
from piste.journal.operations import record

from .errors import EmailTaken, LastAdmin
from .settings import plain

#: Facts that `amend_member` may change, and the column that holds each.
FACTS = {name: name for name in ("name", "email", "role", "sees", "language", "time_zone", "theme", "single_keys")} | {
    "team": "team_id",
    "weekdays": "weekdays",
    "opens": "opens",
    "closes": "closes",
    "remind_minutes": "remind_minutes",
    "remind_by_mail": "remind_by_mail",
    "digest_at": "digest_at",
}


@transaction.atomic
def join(
    *,
    email: str,
    name: str,
    password: str | None,
    role: str,
    sees: str,
    team: Team | None,
    language: str,
    at: datetime,
    time_zone: str = "",
) -> Member:
    """A new member. Raises `EmailTaken`."""
    if Member.objects.filter(email__iexact=email.strip()).exists():
        raise EmailTaken(email)
    settings = Settings.objects.filter(pk=1).first()
    member = Member(
        email=email.strip(),
        name=name.strip(),
        role=role,
        sees=sees,
        team=team,
        language=language,
        time_zone=time_zone or (settings.time_zone if settings else "Europe/Paris"),
        hue=(Member.objects.count() * 67 + 200) % 360,
        joined_at=at,
    )
    if password is None:
        member.set_unusable_password()
    else:
        member.set_password(password)
    member.save(force_insert=True)
    note(member=member, verb="member.joined", by=member, at=at, data={"name": member.name, "role": role})
    return member


@transaction.atomic
def amend_member(*, member: Member, facts: Mapping[str, Any], by: Member, at: datetime) -> dict[str, list[Any]]:
    """Changes a member's facts, by the names of `FACTS`; returns what really changed as [before, after].

    Raises `LastAdmin` when nobody would be left to administer, `EmailTaken`.
    """
    current = _lock(member)
    if current.role == Role.ADMIN and facts.get("role", Role.ADMIN) != Role.ADMIN:
        _another_admin(current)
    email = str(facts.get("email", current.email)).strip()
    if Member.objects.filter(email__iexact=email).exclude(pk=current.pk).exists():
        raise EmailTaken(email)
    changes: dict[str, list[Any]] = {}
    for name, value in facts.items():
        column = FACTS[name]
        before = getattr(current, column)
        setattr(current, name, value)
        if getattr(current, column) != before:
            changes[name] = [plain(before), plain(getattr(current, column))]
    if changes:
        current.save(update_fields=list(changes))
        note(member=current, verb="member.amended", by=by, at=at, data={"changes": changes})
    return changes


@transaction.atomic
def deactivate(*, member: Member, by: Member | None, at: datetime, successor: Member | None = None) -> None:
    """Ends a member's access at once, everywhere; their name stays wherever they acted. `successor` takes what they had to
    do. Raises `LastAdmin`."""
    current = _lock(member)
    if not current.is_active:
        return
    if current.role == Role.ADMIN:
        _another_admin(current)
    Member.objects.filter(pk=current.pk).update(is_active=False, deactivated_at=at)
    SignInLink.objects.filter(member=current, used_at=None).delete()
    _end_sessions(current)
    data = {"name": current.name} | ({"successor": successor.pk} if successor else {})
    note(member=current, verb="member.deactivated", by=by, at=at, data=data)


@transaction.atomic
def reactivate(*, member: Member, by: Member, at: datetime) -> None:
    """Lets a member come back; they sign in anew."""
    current = _lock(member)
    if current.is_active:
        return
    Member.objects.filter(pk=current.pk).update(is_active=True, deactivated_at=None)
    note(member=current, verb="member.reactivated", by=by, at=at, data={"name": current.name})


@transaction.atomic
def end_sessions(*, member: Member, by: Member, at: datetime) -> None:
    """Signs a member out everywhere; whoever asks for it themselves must be given a new session by the door."""
    current = _lock(member)
    _end_sessions(current)
    note(member=current, verb="member.signed_out_everywhere", by=by, at=at)


@transaction.atomic
def set_password(*, member: Member, password: str, at: datetime) -> None:
    """Gives a member another password, which ends their other sessions."""
    _lock(member)
    member.set_password(password)
    Member.objects.filter(pk=member.pk).update(password=member.password)
    note(member=member, verb="member.password_changed", by=member, at=at)


@transaction.atomic
def forget_second_factor(*, member: Member, by: Member, at: datetime) -> int:
    """Takes away what a member adds to the password (app, passkeys, recovery codes), for one who lost it; signs them out.

    Returns how many there were.
    """
    current = _lock(member)
    gone: int = Authenticator.objects.filter(user=current).delete()[0]
    if gone:
        _end_sessions(current)
        note(member=current, verb="member.second_factor_forgotten", by=by, at=at, data={"name": current.name})
    return gone


@transaction.atomic
def note(*, member: Member, verb: str, by: Member | None, at: datetime, data: Mapping[str, Any] | None = None) -> None:
    """Writes into the journal what a member did or what was done to them; without `by`, the product did it."""
    actor = by.pk if by else None
    record(verb=verb, subject_kind="member", subject_id=member.pk, actor_id=actor, at=at, data=data or {})


def _lock(member: Member) -> Member:
    """The member's present row; two who change it wait for each other."""
    return Member.objects.select_for_update(of=("self",)).get(pk=member.pk)


def _another_admin(member: Member) -> None:
    """Makes sure that an active admin besides this one stays. Raises `LastAdmin`."""
    # All are locked in one order, so that the last two cannot dismiss each other at the same moment.
    admins = Member.objects.admins().select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True)
    if not any(key != member.pk for key in admins):
        raise LastAdmin


def _end_sessions(member: Member) -> None:
    Member.objects.filter(pk=member.pk).update(session_turn=F("session_turn") + 1)
    for session in UserSession.objects.filter(user=member):
        session.end()
