"""People who sign in, their teams, and the links that let them in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from functools import lru_cache
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from piste.asking import KeptRecords


class Role(models.TextChoices):
    """What a member may do; each role may do all that the one before may."""

    REP = "rep", _("Rep")
    MANAGER = "manager", _("Manager")
    ADMIN = "admin", _("Admin")


class Sees(models.TextChoices):
    """Which deals a member sees; an admin sees all whatever stands here."""

    OWN = "own", _("Their own")
    TEAM = "team", _("Their team’s")
    ALL = "all", _("All")


class Team(models.Model):
    """A group of members whose deals may be seen together."""

    name = models.CharField(max_length=80)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="company_team_name")]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class MemberSet(models.QuerySet["Member"]):
    """Words to speak of members."""

    def active(self) -> MemberSet:
        return self.filter(is_active=True)

    def admins(self) -> MemberSet:
        return self.active().filter(role=Role.ADMIN)


class MemberManager(BaseUserManager["Member"]):
    """What Django's sign-in needs of the member table."""

    def get_queryset(self) -> MemberSet:
        return MemberSet(self.model, using=self._db)

    def active(self) -> MemberSet:
        return self.get_queryset().active()

    def admins(self) -> MemberSet:
        return self.get_queryset().admins()

    def get(self, *args: Any, **wanted: Any) -> Member:
        """As ever; by the number alone, as every page asks for its member, by a statement written once."""
        key = wanted.get("pk")
        if args or wanted.keys() != {"pk"} or type(key) is not int:
            return super().get(*args, **wanted)
        found: list[Member] = _by_number.records(key=key) if abs(key) < LARGEST else []
        if not found:
            raise Member.DoesNotExist("Member matching query does not exist.")
        return found[0]


#: No member has a number beyond.
LARGEST = 2**53


@KeptRecords
def _by_number(*, key: int) -> Any:
    return Member.objects.filter(pk=key)


@lru_cache(maxsize=256)
def _session_hash(password: str, turn: int, secret: str | bytes) -> str:
    """Asked by every page, always the same for the same."""
    return salted_hmac("piste.company.session", f"{password}:{turn}", secret=secret, algorithm="sha256").hexdigest()


class Member(AbstractBaseUser):
    """Someone of the company. `hue` (0–359) colours the avatar; raising `session_turn` ends every session they have.

    `opens`, `closes` and `weekdays` are their own working hours where they differ from the company's. They are reminded
    `remind_minutes` before an hour (None: not), also by e-mail with `remind_by_mail`; their morning letter comes at `digest_at`
    (None: not).
    """

    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=8, choices=Role, default=Role.REP)
    sees = models.CharField(max_length=4, choices=Sees, default=Sees.TEAM)
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True, related_name="+")
    language = models.CharField(max_length=5, default="en")
    time_zone = models.CharField(max_length=64, default="Europe/Paris")
    opens = models.TimeField(null=True, blank=True)
    closes = models.TimeField(null=True, blank=True)
    weekdays = models.CharField(max_length=7, blank=True)
    theme = models.CharField(max_length=6, default="system")
    single_keys = models.BooleanField(default=True)
    remind_minutes = models.PositiveSmallIntegerField(null=True, blank=True, default=10)
    remind_by_mail = models.BooleanField(default=True)
    digest_at = models.TimeField(null=True, blank=True, default=time(8))
    hue = models.PositiveSmallIntegerField(default=210)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField()
    deactivated_at = models.DateTimeField(null=True, blank=True)
    session_turn = models.PositiveIntegerField(default=0)

    objects: ClassVar[MemberManager] = MemberManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="company_member_email")]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_session_auth_hash(self) -> str:
        """What a session must carry to be this member's: it dies with the password and with the turn."""
        return _session_hash(self.password, self.session_turn, settings.SECRET_KEY)

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        for secret in settings.SECRET_KEY_FALLBACKS:
            yield _session_hash(self.password, self.session_turn, secret)

    @property
    def is_admin(self) -> bool:
        return self.role == Role.ADMIN

    @property
    def may_manage(self) -> bool:
        """Managers and admins change the process, see the team's lists and may override."""
        return self.role in (Role.MANAGER, Role.ADMIN)

    @property
    def sees_all(self) -> bool:
        return self.is_admin or self.sees == Sees.ALL

    @property
    def sight(self) -> str:
        """How far they see in the end, as one of `Sees`; nothing ("") who has left, their own who is in no team."""
        if not self.is_active:
            return ""
        if self.sees_all:
            return Sees.ALL
        return Sees.TEAM if self.sees == Sees.TEAM and self.team_id else Sees.OWN

    @property
    def first_name(self) -> str:
        return self.name.split(" ")[0]

    @property
    def initials(self) -> str:
        parts = [part for part in self.name.replace("-", " ").split(" ") if part]
        return "".join(part[0] for part in (parts[:1] + parts[-1:] if len(parts) > 1 else parts)).upper()


class InvitationSet(models.QuerySet["Invitation"]):
    """Words to speak of invitations."""

    def waiting(self) -> InvitationSet:
        """Neither accepted nor withdrawn; they may be out of date."""
        return self.filter(accepted_at=None, revoked_at=None)


class Invitation(models.Model):
    """A link that lets someone join; only the hash of its token is kept."""

    email = models.EmailField(max_length=254)
    role = models.CharField(max_length=8, choices=Role, default=Role.REP)
    sees = models.CharField(max_length=4, choices=Sees, default=Sees.TEAM)
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationSet.as_manager()

    def __str__(self) -> str:
        return self.email


class SignInLink(models.Model):
    """A one-time link that signs a member in, printed by the command line; only its hash is kept."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.member_id}"
