"""The cast: who appears in every test.

Alice (admin) runs the company. Marc (manager) leads team North and sees it. Rosa and Remi are reps of team North who see
their team's deals; Rosa owns the deals unless a test says otherwise. Olga is a rep of team South who sees only her own:
she must never see what Rosa owns. Lea has left.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from piste.company.models import Member, Settings, Team

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class Cast:
    north: Team
    south: Team
    alice: Member
    marc: Member
    rosa: Member
    remi: Member
    olga: Member
    lea: Member

    def everybody(self) -> list[Member]:
        return [self.alice, self.marc, self.rosa, self.remi, self.olga]


def member(name: str, role: str, sees: str, team: Team | None, *, active: bool = True) -> Member:
    made = Member(
        email=f"{name.split()[0].lower()}@piste.example",
        name=name,
        role=role,
        sees=sees,
        team=team,
        language="en",
        joined_at=NOW,
        is_active=active,
        deactivated_at=None if active else NOW,
    )
    made.set_password(PASSWORD)
    made.save()
    return made


def make_cast() -> Cast:
    """Creates the company, its two teams and everybody."""
    Settings.objects.create(pk=1, name="Nordvik", language="en", created_at=NOW)
    north = Team.objects.create(name="North", created_at=NOW)
    south = Team.objects.create(name="South", created_at=NOW)
    return Cast(
        north=north,
        south=south,
        alice=member("Alice Admin", "admin", "all", None),
        marc=member("Marc Manager", "manager", "team", north),
        rosa=member("Rosa Rep", "rep", "team", north),
        remi=member("Remi Rep", "rep", "team", north),
        olga=member("Olga Other", "rep", "own", south),
        lea=member("Lea Left", "rep", "own", north, active=False),
    )
