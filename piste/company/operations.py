"""Writing the company: set-up, members, teams, invitations, links."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction

from piste.journal.operations import record

from .models import Invitation, Member, Role, SignInLink, Team

LINK_LIFE = timedelta(minutes=15)
INVITATION_LIFE = timedelta(days=7)


class LinkSpent(Exception):
    """A link that is unknown, used, revoked or out of date."""


class LastAdmin(Exception):
    """The installation would be left without an admin."""


class EmailTaken(ValueError):
    """Another member already uses this address."""


def token_hash(token: str) -> str:
    """What is kept of a link."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def issue_sign_in_link(*, member: Member, at: datetime) -> str:
    """A token that signs this member in once within fifteen minutes; only its hash is kept."""
    token = secrets.token_urlsafe(24)
    SignInLink.objects.create(
        member=member, token_hash=token_hash(token), created_at=at, expires_at=at + LINK_LIFE
    )
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
    _record("member.entered_by_link", link.member, link.member, at, {})
    return link.member


@transaction.atomic
def invite(
    *, email: str, role: str, sees: str, team: Team | None, by: Member, at: datetime
) -> tuple[Invitation, str]:
    """Invites someone by a link that lives a week; returns it with its token. Raises `EmailTaken`."""
    if Member.objects.filter(email__iexact=email.strip()).exists():
        raise EmailTaken(email)
    token = secrets.token_urlsafe(24)
    invitation = Invitation.objects.create(
        email=email.strip(),
        role=role,
        sees=sees,
        team=team,
        token_hash=token_hash(token),
        invited_by=by,
        created_at=at,
        expires_at=at + INVITATION_LIFE,
    )
    record(
        verb="member.invited",
        subject_kind="invitation",
        subject_id=invitation.pk,
        actor_id=by.pk,
        at=at,
        data={"email": invitation.email, "role": role, "sees": sees},
    )
    return invitation, token


@transaction.atomic
def deactivate(*, member: Member, by: Member | None, at: datetime) -> None:
    """Ends a member's access; their name stays wherever they acted. Raises `LastAdmin`."""
    others = Member.objects.admins().exclude(pk=member.pk)
    if member.role == Role.ADMIN and not others.exists():
        raise LastAdmin
    member.is_active, member.deactivated_at = False, at
    member.save(update_fields=["is_active", "deactivated_at"])
    _record("member.deactivated", member, by, at, {"name": member.name})


def _record(verb: str, member: Member, by: Member | None, at: datetime, data: dict[str, str]) -> None:
    record(
        verb=verb,
        subject_kind="member",
        subject_id=member.pk,
        actor_id=by.pk if by else None,
        at=at,
        data=data,
    )
