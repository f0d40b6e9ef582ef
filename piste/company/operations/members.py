"""Writing the company: set-up, members, teams, invitations, links."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction

from piste.journal.operations import record

from piste.company.models import Invitation, Member, Role, Settings, SignInLink, Team

LINK_LIFE = timedelta(minutes=15)
INVITATION_LIFE = timedelta(days=7)


class LinkSpent(Exception):
    """A link that is unknown, used, revoked or out of date."""


class LastAdmin(Exception):
    """The installation would be left without an admin."""


class EmailTaken(ValueError):
    """Another member already uses this address."""


class NameTaken(ValueError):
    """Another team already has this name."""


class AlreadySetUp(Exception):
    """The company of this installation exists already."""


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


def open_invitation(*, token: str, at: datetime) -> Invitation | None:
    """The invitation of a token, when it can still be accepted."""
    return (
        Invitation.objects.select_related("invited_by", "team")
        .filter(token_hash=token_hash(token), accepted_at=None, revoked_at=None, expires_at__gt=at)
        .first()
    )


@transaction.atomic
def accept(*, token: str, name: str, password: str, language: str, at: datetime) -> Member:
    """Joins by an invitation. Raises `LinkSpent`, `EmailTaken`."""
    found = open_invitation(token=token, at=at)
    if found is None:
        raise LinkSpent
    invitation = Invitation.objects.select_for_update().get(pk=found.pk)
    if invitation.accepted_at is not None:
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
    """Takes an invitation back. Raises `LinkSpent` when it was accepted."""
    if invitation.accepted_at is not None:
        raise LinkSpent
    invitation.revoked_at = at
    invitation.save(update_fields=["revoked_at"])
    record(
        verb="invitation.revoked",
        subject_kind="invitation",
        subject_id=invitation.pk,
        actor_id=by.pk,
        at=at,
        data={"email": invitation.email},
    )


@transaction.atomic
def join(
    *,
    email: str,
    name: str,
    password: str,
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
    member.set_password(password)
    member.save(force_insert=True)
    _record("member.joined", member, member, at, {"name": member.name})
    return member


@transaction.atomic
def set_up(*, name: str, language: str, currency: str, country: str, time_zone: str, at: datetime) -> Settings:
    """Writes the company's settings for the first time. Raises `AlreadySetUp`."""
    if Settings.objects.filter(pk=1).exists():
        raise AlreadySetUp
    settings = Settings.objects.create(
        pk=1, name=name.strip(), language=language, currency=currency, country=country, time_zone=time_zone, created_at=at
    )
    record(verb="company.set_up", subject_kind="company", subject_id=1, actor_id=None, at=at, data={"name": settings.name})
    return settings


@transaction.atomic
def amend_settings(*, facts: dict[str, object], by: Member, at: datetime) -> None:
    """Changes the company's settings, by field name."""
    settings = Settings.objects.select_for_update().get(pk=1)
    changes = {}
    for field, value in facts.items():
        before = getattr(settings, field)
        if before != value:
            setattr(settings, field, value)
            changes[field] = [before, value]
    if changes:
        settings.save()
        record(
            verb="company.amended", subject_kind="company", subject_id=1, actor_id=by.pk, at=at, data={"changes": changes}
        )


@transaction.atomic
def amend_member(*, member: Member, facts: dict[str, object], by: Member, at: datetime) -> None:
    """Changes a member's facts, by field name; a last admin stays one. Raises `LastAdmin`, `EmailTaken`."""
    current = Member.objects.select_for_update(of=("self",)).get(pk=member.pk)
    if facts.get("role", current.role) != Role.ADMIN and current.role == Role.ADMIN:
        if not Member.objects.admins().exclude(pk=current.pk).exists():
            raise LastAdmin
    email = facts.get("email")
    if email and Member.objects.filter(email__iexact=email).exclude(pk=current.pk).exists():
        raise EmailTaken(str(email))
    changes = {}
    for field, value in facts.items():
        column = current._meta.get_field(field).attname
        before = getattr(current, column)
        setattr(current, field, value)
        if getattr(current, column) != before:
            changes[field] = [before, getattr(current, column)]
    if changes:
        current.save()
        _record("member.amended", current, by, at, {"changes": changes})


@transaction.atomic
def reactivate(*, member: Member, by: Member, at: datetime) -> None:
    """Lets a member come back."""
    member.is_active, member.deactivated_at = True, None
    member.save(update_fields=["is_active", "deactivated_at"])
    _record("member.reactivated", member, by, at, {"name": member.name})


@transaction.atomic
def name_team(*, name: str, by: Member, at: datetime, team: Team | None = None) -> Team:
    """A new team, or another name for one. Raises `NameTaken`."""
    others = Team.objects.filter(name__iexact=name.strip())
    if team is not None:
        others = others.exclude(pk=team.pk)
    if others.exists():
        raise NameTaken(name)
    found = team or Team(created_at=at)
    before = found.name
    found.name = name.strip()
    found.save()
    record(
        verb="team.renamed" if team else "team.created",
        subject_kind="team",
        subject_id=found.pk,
        actor_id=by.pk,
        at=at,
        data={"name": [before, found.name]},
    )
    return found


@transaction.atomic
def deactivate(*, member: Member, by: Member | None, at: datetime) -> None:
    """Ends a member's access; their name stays wherever they acted. Raises `LastAdmin`."""
    others = Member.objects.admins().exclude(pk=member.pk)
    if member.role == Role.ADMIN and not others.exists():
        raise LastAdmin
    member.is_active, member.deactivated_at = False, at
    member.save(update_fields=["is_active", "deactivated_at"])
    SignInLink.objects.filter(member=member, used_at=None).delete()
    _record("member.deactivated", member, by, at, {"name": member.name})


def _record(verb: str, member: Member, by: Member | None, at: datetime, data: dict[str, object]) -> None:
    record(
        verb=verb,
        subject_kind="member",
        subject_id=member.pk,
        actor_id=by.pk if by else None,
        at=at,
        data=data,
    )
