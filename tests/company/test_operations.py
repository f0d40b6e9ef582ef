"""Members, invitations, links, teams, settings: what is written and what is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from piste.company import operations, queries
from piste.company.models import CustomField, Invitation, Member, Settings, SignInLink, Team
from piste.journal.models import Entry
from piste.journal.queries import broken_links
from tests.cast import NOW, PASSWORD, Cast

LATER = NOW + timedelta(hours=1)


def verbs(kind: str) -> list[str]:
    return list(Entry.objects.filter(subject_kind=kind).order_by("pk").values_list("verb", flat=True))


def test_the_company_is_set_up_once(db: None) -> None:
    facts = {"name": "Nordvik", "language": "fr", "currency": "EUR", "country": "FR", "time_zone": "Europe/Paris"}
    operations.set_up(**facts, at=NOW)
    with pytest.raises(operations.AlreadySetUp):
        operations.set_up(**facts | {"name": "Other"}, at=NOW)
    assert Settings.objects.get().name == "Nordvik"
    assert verbs("settings") == ["company.set_up"]


def test_settings_say_what_changed(cast: Cast) -> None:
    changes = operations.amend_settings(facts={"name": "Norvik", "currency": "CHF", "country": "FR"}, by=cast.alice, at=LATER)
    assert changes == {"name": ["Nordvik", "Norvik"], "currency": ["EUR", "CHF"]}
    assert verbs("settings") == ["company.renamed", "settings.amended"]
    assert operations.amend_settings(facts={"name": "Norvik"}, by=cast.alice, at=LATER) == {}
    assert len(verbs("settings")) == 2


def test_an_invitation_lets_one_person_in_once(cast: Cast) -> None:
    invitation, token = operations.invite(
        email=" nina@piste.example ", role="manager", sees="all", team=cast.south, by=cast.alice, at=NOW
    )
    assert token not in str(Invitation.objects.values_list().get())
    nina = operations.accept(token=token, name=" Nina New ", password=PASSWORD, language="fr", at=LATER)
    assert (nina.name, nina.email, nina.role, nina.sees, nina.team, nina.language) == (
        "Nina New",
        "nina@piste.example",
        "manager",
        "all",
        cast.south,
        "fr",
    )
    with pytest.raises(operations.LinkSpent):
        operations.accept(token=token, name="Twin", password=PASSWORD, language="fr", at=LATER)
    with pytest.raises(operations.LinkSpent):
        operations.revoke(invitation=invitation, by=cast.alice, at=LATER)
    assert verbs("invitation") == ["member.invited"]
    assert verbs("member") == ["member.joined"]


def test_an_invitation_ends(cast: Cast) -> None:
    wish = {"role": "rep", "sees": "own", "team": None, "by": cast.alice, "at": NOW}
    _, late = operations.invite(email="late@piste.example", **wish)
    gone, withdrawn = operations.invite(email="gone@piste.example", **wish)
    operations.revoke(invitation=gone, by=cast.alice, at=NOW)
    _, first = operations.invite(email="twice@piste.example", **wish)
    _, second = operations.invite(email="TWICE@piste.example", **wish)
    for token, at in ((late, NOW + timedelta(days=7)), (withdrawn, NOW), (first, NOW), ("made up", NOW)):
        assert queries.open_invitation(token=token, at=at) is None
        with pytest.raises(operations.LinkSpent):
            operations.accept(token=token, name="X", password=PASSWORD, language="en", at=at)
    assert queries.open_invitation(token=second, at=NOW) is not None
    assert not Member.objects.filter(name="X").exists()


def test_nobody_is_invited_twice_into_the_company(cast: Cast) -> None:
    with pytest.raises(operations.EmailTaken):
        operations.invite(email="ROSA@piste.example", role="rep", sees="own", team=None, by=cast.alice, at=NOW)
    assert not Invitation.objects.exists()


def test_a_sign_in_link_works_once_and_for_a_quarter_of_an_hour(cast: Cast) -> None:
    token = operations.issue_sign_in_link(member=cast.rosa, at=NOW)
    assert token not in str(SignInLink.objects.values_list().get())
    assert operations.use_sign_in_link(token=token, at=NOW + timedelta(minutes=14)) == cast.rosa
    for spent, at in (
        (token, NOW),
        (operations.issue_sign_in_link(member=cast.rosa, at=NOW), NOW + timedelta(minutes=15)),
        (operations.issue_sign_in_link(member=cast.lea, at=NOW), NOW),
        ("made up", NOW),
    ):
        with pytest.raises(operations.LinkSpent):
            operations.use_sign_in_link(token=spent, at=at)


def test_rights_change_and_say_so(cast: Cast) -> None:
    changes = operations.amend_member(member=cast.rosa, facts={"role": "manager", "team": cast.south}, by=cast.alice, at=NOW)
    assert changes == {"role": ["rep", "manager"], "team": [cast.north.pk, cast.south.pk]}
    entry = Entry.objects.get()
    assert (entry.verb, entry.actor, entry.data) == ("member.amended", cast.alice, {"changes": changes})
    with pytest.raises(KeyError):
        operations.amend_member(member=cast.rosa, facts={"is_active": False}, by=cast.alice, at=NOW)
    with pytest.raises(operations.EmailTaken):
        operations.amend_member(member=cast.rosa, facts={"email": "Olga@piste.example"}, by=cast.alice, at=NOW)


def test_the_last_admin_stays(cast: Cast) -> None:
    with pytest.raises(operations.LastAdmin):
        operations.amend_member(member=cast.alice, facts={"role": "rep"}, by=cast.alice, at=NOW)
    with pytest.raises(operations.LastAdmin):
        operations.deactivate(member=cast.alice, by=cast.alice, at=NOW)
    operations.amend_member(member=cast.marc, facts={"role": "admin"}, by=cast.alice, at=NOW)
    operations.deactivate(member=cast.alice, by=cast.marc, at=NOW)
    with pytest.raises(operations.LastAdmin):
        operations.deactivate(member=cast.marc, by=cast.marc, at=NOW)


def test_who_leaves_is_out_at_once_and_comes_back_with_a_new_session(cast: Cast) -> None:
    browser = Client()
    browser.force_login(cast.olga)
    assert browser.get("/settings/profile/").status_code == 200
    token = operations.issue_sign_in_link(member=cast.olga, at=NOW)
    operations.deactivate(member=cast.olga, by=cast.alice, at=NOW)
    assert browser.get("/settings/profile/").status_code == 302
    operations.reactivate(member=cast.olga, by=cast.alice, at=LATER)
    assert browser.get("/settings/profile/").status_code == 302
    with pytest.raises(operations.LinkSpent):
        operations.use_sign_in_link(token=token, at=NOW)
    assert not Client().login(email="lea@piste.example", password=PASSWORD)
    assert verbs("member") == ["member.deactivated", "member.reactivated"]


def test_sessions_end_everywhere(cast: Cast) -> None:
    here, there = Client(), Client()
    for browser in (here, there):
        browser.force_login(cast.rosa)
    operations.end_sessions(member=cast.rosa, by=cast.alice, at=NOW)
    assert [browser.get("/settings/profile/").status_code for browser in (here, there)] == [302, 302]


def test_teams_have_their_own_names_and_go_when_empty(cast: Cast) -> None:
    east = operations.name_team(name="East", by=cast.alice, at=NOW)
    with pytest.raises(operations.NameTaken):
        operations.name_team(name="north", by=cast.alice, at=NOW, team=east)
    operations.name_team(name="Far east", by=cast.alice, at=NOW, team=east)
    with pytest.raises(operations.TeamInUse):
        operations.remove_team(team=cast.north, by=cast.alice, at=NOW)
    operations.remove_team(team=east, by=cast.alice, at=NOW)
    assert set(Team.objects.values_list("name", flat=True)) == {"North", "South"}
    assert verbs("team") == ["team.created", "team.renamed", "team.removed"]


def test_custom_fields_come_change_and_go(cast: Cast) -> None:
    add = {"subject": "deal", "by": cast.alice, "at": NOW}
    budget = operations.add_field(label="Budget agreed", kind="yes_no", **add)
    size = operations.add_field(label="Size", kind="choice", options=["Small", " small ", "Large; very", ""], **add)
    assert (budget.key, budget.position, size.position) == ("budget-agreed", 0, 1)
    assert size.options == ["Small", "Large, very"]
    with pytest.raises(operations.NameTaken):
        operations.add_field(label="SIZE", kind="text", **add)
    with pytest.raises(operations.ChoicesMissing):
        operations.add_field(label="Colour", kind="choices", options=[" "], **add)
    operations.amend_field(field=size, label="Headcount", options=["S", "L"], by=cast.alice, at=NOW)
    operations.place_field(field=size, place=0, by=cast.alice, at=NOW)
    assert list(CustomField.objects.values_list("key", "label")) == [("size", "Headcount"), ("budget-agreed", "Budget agreed")]
    operations.retire_field(field=budget, by=cast.alice, at=NOW)
    again = operations.add_field(label="Budget agreed", kind="number", **add)
    assert again.key == "budget-agreed-2"
    with pytest.raises(operations.NameTaken):
        operations.restore_field(field=budget, by=cast.alice, at=NOW)
    assert verbs("field") == ["field.added", "field.added", "field.amended", "field.moved", "field.retired", "field.added"]


def test_the_second_factor_of_somebody_who_lost_it_is_taken_away(cast: Cast) -> None:
    from allauth.mfa.totp.internal.auth import TOTP

    TOTP.activate(cast.rosa, "JBSWY3DPEHPK3PXP")
    assert operations.forget_second_factor(member=cast.rosa, by=cast.alice, at=NOW) == 1
    assert operations.forget_second_factor(member=cast.rosa, by=cast.alice, at=NOW) == 0
    assert verbs("member") == ["member.second_factor_forgotten"]


def test_every_chain_holds(cast: Cast) -> None:
    operations.amend_member(member=cast.rosa, facts={"name": "Rosa"}, by=cast.rosa, at=NOW)
    operations.deactivate(member=cast.rosa, by=cast.alice, at=LATER)
    assert list(broken_links()) == []
