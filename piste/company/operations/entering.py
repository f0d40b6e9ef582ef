"""The ways in: one-time sign-in links and invitations. Only the hash of a token is kept."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from piste.company.models import Invitation, Member, SignInLink, Team
from piste.company.rules import INVITATION_LIFE, LINK_LIFE, token_hash
from piste.journal.operations import record

from .errors import EmailTaken, LinkSpent
from .members import join, note


@transaction.atomic
def issue_sign_in_link(*, member: Member, at: datetime) -> str:
    """A token that signs this member in once within fifteen minutes; for whoever holds the machine."""
    token = secrets.token_urlsafe(24)
    SignInLink.objects.filter(member=member, expires_at__lte=at).delete()
    SignInLink.objects.create(member=member, token_hash=token_hash(token), created_at=at, expires_at=at + LINK_LIFE)
    return token


@transaction.atomic
def use_sign_in_link(*, token: str, at: datetime) -> Member:
    """Spends a sign-in link and says whose it was. Raises `LinkSpent`."""
    link = (
        SignInLink.objects.select_for_update(of=("self",))
        .select_related("member")
        .filter(token_hash=token_hash(token), used_at=None, expires_at__gt=at, member__is_active=True)
        .first()
    )
    if link is None:
        raise LinkSpent
    link.used_at = at
    link.save(update_fields=["used_at"])
    note(member=link.member, verb="member.entered_by_link", by=link.member, at=at)
    return link.member


@transaction.atomic
def invite(*, email: str, role: str, sees: str, team: Team | None, by: Member, at: datetime) -> tuple[Invitation, str]:
    """Invites someone by a link that lives a week; returns it with its token. Raises `EmailTaken`.

    An earlier invitation of the same address that is still open is withdrawn: one link lives at a time.
    """
    email = email.strip()
    if Member.objects.filter(email__iexact=email).exists():
        raise EmailTaken(email)
    for earlier in Invitation.objects.waiting().filter(email__iexact=email).select_for_update():
        _withdraw(earlier, by, at)
    token = secrets.token_urlsafe(24)
    invitation = Invitation.objects.create(
        email=email,
        role=role,
        sees=sees,
        team=team,
        token_hash=token_hash(token),
        invited_by=by,
        created_at=at,
        expires_at=at + INVITATION_LIFE,
    )
    data = {"email": email, "role": role, "sees": sees, "team": team.pk if team else None}
    _record("member.invited", invitation, by, at, data)
    return invitation, token


@transaction.atomic
def accept(*, token: str, name: str, password: str, language: str, at: datetime) -> Member:
    """Joins by an invitation. Raises `LinkSpent`, `EmailTaken`."""
    invitation = (
        Invitation.objects.waiting()
        .filter(token_hash=token_hash(token), expires_at__gt=at)
        .select_for_update(of=("self",))
        .select_related("team")
        .first()
    )
    if invitation is None:
        raise LinkSpent
    member = join(
        email=invitation.email,
        name=name,
        password=password,
        role=invitation.role,
        sees=invitation.sees,
        team=invitation.team,
        language=language,
        at=at,
    )
    invitation.accepted_at = at
    invitation.save(update_fields=["accepted_at"])
    return member


@transaction.atomic
def revoke(*, invitation: Invitation, by: Member, at: datetime) -> None:
    """Withdraws an invitation. Raises `LinkSpent` when it was accepted or withdrawn already."""
    current = Invitation.objects.waiting().filter(pk=invitation.pk).select_for_update().first()
    if current is None:
        raise LinkSpent
    _withdraw(current, by, at)


def _withdraw(invitation: Invitation, by: Member, at: datetime) -> None:
    invitation.revoked_at = at
    invitation.save(update_fields=["revoked_at"])
    _record("invitation.revoked", invitation, by, at, {"email": invitation.email})


def _record(verb: str, invitation: Invitation, by: Member, at: datetime, data: Mapping[str, object]) -> None:
    record(verb=verb, subject_kind="invitation", subject_id=invitation.pk, actor_id=by.pk, at=at, data=data)
