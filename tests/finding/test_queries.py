"""Search on the database of the run: fragments, slips, rights, and an index that follows whatever happens."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from piste.company.models import Member
from piste.deals import operations as deals
from piste.deals.models import Deal
from piste.deals.operations.merging import merge, unmerge
from piste.finding import operations
from piste.finding.models import Document
from piste.finding.queries import KINDS, find, matching
from piste.finding.queries.postgres import Engine
from piste.finding.queries.seeing import Seen
from piste.finding.rules import Piece
from piste.people import operations as people
from piste.people.models import Company, Contact
from piste.pipelines.models import Stage
from tests import make
from tests.cast import NOW, Cast


@pytest.fixture
def stages(cast: Cast) -> list[Stage]:
    return make.stages(make.pipeline())


def found(text: str, member: Member, kinds: Sequence[str] = KINDS) -> list[tuple[str, str]]:
    return [(row.kind, row.label) for row in find(text, member=member, kinds=kinds)]


def keys(text: str, member: Member, kind: str) -> set[int]:
    return {row.object_id for row in find(text, member=member, kinds=[kind], limit=1000)}


@pytest.mark.parametrize(
    "text", ["fonderie", "FONDÉRIE", "onder", "rie", "fo", "f", "fonderie thev", "thévenin fonderie", "plan fond"]
)
def test_any_fragment_finds(cast: Cast, stages: list[Stage], text: str) -> None:
    company = people.create_company(name="Fonderie Thévenin", by=cast.rosa, at=NOW)
    deal = make.deal(stages[0], cast.rosa, company=company, title="Planning")
    other = make.deal(stages[0], cast.rosa, title="Métrologie")
    assert keys(text, cast.rosa, "deal") == {deal.pk}
    assert other.pk not in keys(text, cast.alice, "deal")


@pytest.mark.parametrize(
    "text", ["fonderei", "fodnerie", "fonderrie", "fnderie", "fonderie thevnin", "tehvenin", "fonderi thevenim"]
)
def test_slips_are_forgiven(cast: Cast, text: str) -> None:
    people.create_company(name="Fonderie Thévenin", by=cast.rosa, at=NOW)
    people.create_company(name="Laiterie du Vercors", by=cast.rosa, at=NOW)
    assert found(text, cast.rosa) == [("company", "Fonderie Thévenin")]


@pytest.mark.parametrize(
    "text", ["zzzz", "", "  ", "%", "_", '"', "'; DROP TABLE finding_document; --", "a* OR b", "NEAR(", "\x00", "😀"]
)
def test_what_is_not_there_is_not_found(cast: Cast, text: str) -> None:
    people.create_company(name="Vercors", by=cast.rosa, at=NOW)
    assert found(text, cast.rosa) == []
    assert Document.objects.count() == 1


def test_a_true_answer_comes_before_a_guess(cast: Cast) -> None:
    for name in ("Delmas", "Delams", "Grand Delmas"):
        people.create_company(name=name, by=cast.rosa, at=NOW)
    answers = find("delmas", member=cast.rosa)
    assert [row.label for row in answers if not row.is_guess] == ["Delmas", "Grand Delmas"]


def test_the_best_beginning_is_found_among_thousands(cast: Cast) -> None:
    """More than is looked at hold the fragment; the label that begins so must come first all the same."""
    people.bring_companies(rows=[{"name": f"Atelier sa {number:04d}"} for number in range(700)], by=cast.rosa, at=NOW)
    people.bring_companies(rows=[{"name": "Sa"}, {"name": "Sabatier"}], by=cast.rosa, at=NOW)
    assert [label for _kind, label in found("sa", cast.alice)][:2] == ["Sa", "Sabatier"]


@pytest.mark.parametrize("text", ["sa", "planning", "fonderei", "plan sabat"])
def test_statements_are_few_whatever_is_there(cast: Cast, stages: list[Stage], text: str) -> None:
    people.bring_companies(rows=[{"name": f"Sabatier {number}"} for number in range(300)], by=cast.rosa, at=NOW)
    make.deal(stages[0], cast.rosa)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        find(text, member=cast.olga)
    assert len(asked) <= 3


def test_two_slips_in_a_word_are_looked_for_where_one_does_not_answer_enough(cast: Cast) -> None:
    names = [f"Fonderie {number}" for number in range(8)]
    people.bring_companies(rows=[{"name": name} for name in [*names, "Fonderais"]], by=cast.rosa, at=NOW)
    told = {}
    for limit in (8, 9):
        with CaptureQueriesContext(connection) as asked:
            told[limit] = [row.label for row in find("fonderei", member=cast.rosa, kinds=["company"], limit=limit)]
        assert len(asked) == limit - 6
    assert sorted(told[8]) == names
    assert told[9] == [*told[8], "Fonderais"]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="about the indexes of PostgreSQL")
@pytest.mark.parametrize(("kind", "index"), [("deal", "deals"), ("company", "companies"), ("contact", "contacts")])
def test_each_kind_is_asked_by_the_index_of_its_own(cast: Cast, kind: str, index: str) -> None:
    """A statement that is not written as the index is would read the whole table, and say the same."""
    statement, values = Engine.statement([(Piece("fond"),)], [kind], Seen.by(cast.alice), 9, "")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {statement}", values)
        plans = [" ".join(row[0] for row in cursor.fetchall()), matching("fond", kind=kind).explain()]
    assert all(f"finding_document_{index}" in plan for plan in plans), plans


@pytest.mark.skipif(connection.vendor != "postgresql", reason="about the indexes of PostgreSQL")
def test_a_guess_is_found_by_its_letters_and_not_by_reading_in_order(cast: Cast) -> None:
    """In order a rare piece is met after all documents have been read; two letters are never rare."""
    people.bring_companies(rows=[{"name": f"Fonderie {number}"} for number in range(3000)], by=cast.rosa, at=NOW)
    plans = []
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE finding_document")
        for text in ("fonder", "fo"):
            guesses = [(Piece(text, begins=True),), (Piece("derei", ends=True),)]
            statement, values = Engine.statement(guesses, ["company"], Seen.by(cast.alice), 60, "")
            cursor.execute(f"EXPLAIN {statement}", values)
            plans.append("\n".join(row[0] for row in cursor.fetchall()))
    assert "companies_in_order" not in plans[0]
    assert "companies_in_order" in plans[1]


def test_a_limit_for_each_kind(cast: Cast, stages: list[Stage]) -> None:
    for number in range(5):
        company = people.create_company(name=f"Marsac {number}", by=cast.rosa, at=NOW)
        make.deal(stages[0], cast.rosa, company=company)
    kinds = [row.kind for row in find("marsac", member=cast.rosa, limit=3)]
    assert sorted(kinds) == ["company"] * 3 + ["deal"] * 3


def test_lists_count_all_that_holds_the_words(cast: Cast) -> None:
    people.bring_companies(rows=[{"name": f"Sabatier {number}"} for number in range(300)], by=cast.rosa, at=NOW)
    assert matching("batier", kind="company").count() == 300
    assert matching("sabatier 29", kind="company").count() == 11
    assert not matching("!", kind="company").exists()


# Rights


@pytest.mark.django_db
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6))
def test_one_finds_exactly_what_one_may_see(cast: Cast, seed: int) -> None:
    """For each of the cast, over owners and teams of every kind, and all that changes hands afterwards."""
    chance = random.Random(seed)
    stage = Stage.objects.in_use().first() or make.stages(make.pipeline())[0]
    owners = [*cast.everybody(), None]
    mine = []
    for _turn in range(6):
        owner, team = chance.choice(owners), chance.choice([cast.north, cast.south, None])
        facts = {"owner": owner, "team": team}
        mine.append(people.create_company(name="Sabatier", by=cast.alice, at=NOW, **facts))
        people.create_contact(name="Ines Sabatier", by=cast.alice, at=NOW, **facts)
        if owner is not None:
            deals.create(stage=stage, owner=owner, by=cast.alice, at=NOW, title="Sabatier", currency="EUR", team=team)
    for _turn in range(3):
        company = chance.choice(mine)
        people.amend_company(company=company, facts={"owner": chance.choice(owners)}, by=cast.alice, at=NOW)
        deal = chance.choice([*Deal.objects.present(), None])
        if deal is not None:
            deals.amend(deal=deal, facts={"owner": chance.choice(cast.everybody())}, by=cast.alice, at=NOW)
    rooms = {"deal": lambda who: Deal.objects.visible_to(who).present(), "company": _companies, "contact": _contacts}
    for who in cast.everybody():
        for kind, seen in rooms.items():
            allowed = set(seen(who).values_list("pk", flat=True))
            for text in ("sabatier", "sa", "bati", "sabateir"):
                # Guesses are a sample of many; all of it must be allowed.
                if text == "sabateir":
                    assert keys(text, who, kind) <= allowed
                    assert bool(keys(text, who, kind)) == bool(allowed)
                else:
                    assert keys(text, who, kind) == allowed, (who.name, kind, text)
    assert find("sabatier", member=cast.lea) == []


def _companies(who: Member):
    return Company.objects.visible_to(who).current()


def _contacts(who: Member):
    return Contact.objects.visible_to(who).current()


def test_somebody_who_sees_little_finds_it_among_thousands(cast: Cast, stages: list[Stage]) -> None:
    people.bring_companies(
        rows=[{"name": f"Sa {n}", "owner": cast.rosa, "team": cast.north} for n in range(600)], by=None, at=NOW
    )
    own = people.create_company(name="Sa d’Olga", by=cast.olga, at=NOW)
    assert keys("sa", cast.olga, "company") == {own.pk}
    assert keys("olgaa", cast.olga, "company") == {own.pk}
    assert keys("olgaa", cast.rosa, "company") == set()


# The index follows


def test_a_new_title_replaces_the_old_one(cast: Cast, stages: list[Stage]) -> None:
    deal = make.deal(stages[0], cast.rosa, title="Planning")
    deals.amend(deal=deal, facts={"title": "Métrologie"}, by=cast.rosa, at=NOW)
    assert keys("planning", cast.rosa, "deal") == set()
    assert keys("metrol", cast.rosa, "deal") == {deal.pk}


def test_a_company_renamed_is_found_by_its_new_name_everywhere(cast: Cast, stages: list[Stage]) -> None:
    company = people.create_company(name="Fonderie Delmas", by=cast.rosa, at=NOW)
    contact = people.create_contact(name="Ines Benali", company=company, by=cast.rosa, at=NOW)
    deal = make.deal(stages[0], cast.rosa, company=company)
    people.amend_company(company=company, facts={"name": "Laiterie Vauquelin"}, by=cast.rosa, at=NOW)
    for kind, key in (("company", company.pk), ("contact", contact.pk), ("deal", deal.pk)):
        assert keys("vauquelin", cast.rosa, kind) == {key}, kind
        assert keys("delmas", cast.rosa, kind) == set(), kind
    assert found("vauq", cast.rosa, ["deal"]) == [("deal", "Laiterie Vauquelin · Planning")]


def test_the_bin_hides_and_gives_back(cast: Cast, stages: list[Stage]) -> None:
    deal = make.deal(stages[0], cast.rosa)
    company = people.create_company(name="Planning SARL", by=cast.rosa, at=NOW)
    deals.discard(deal=deal, by=cast.rosa, at=NOW)
    people.discard(person=company, by=cast.rosa, at=NOW)
    assert found("planning", cast.rosa) == []
    deals.restore(deal=deal, by=cast.rosa, at=NOW)
    people.restore(person=company, by=cast.rosa, at=NOW)
    assert {kind for kind, _label in found("planning", cast.rosa)} == {"deal", "company"}


def test_a_merge_hides_the_folded_one_and_renames_what_it_had(cast: Cast, stages: list[Stage]) -> None:
    kept = people.create_company(name="Delmas Industrie", by=cast.rosa, at=NOW)
    folded = people.create_company(name="Vauquelin SA", by=cast.rosa, at=NOW)
    deal = make.deal(stages[0], cast.rosa, company=folded)
    contact = people.create_contact(name="Ines Benali", company=folded, by=cast.rosa, at=NOW)
    done = merge(kept=kept, folded=folded, by=cast.rosa, at=NOW)
    assert found("vauquelin", cast.rosa) == []
    assert keys("delmas", cast.rosa, "deal") == {deal.pk}
    assert keys("delmas", cast.rosa, "contact") == {contact.pk}
    unmerge(merge=done, by=cast.rosa, at=NOW)
    assert keys("vauquelin", cast.rosa, "company") == {folded.pk}
    assert keys("vauquelin", cast.rosa, "deal") == {deal.pk}
    assert keys("delmas", cast.rosa, "deal") == set()


def test_a_deal_handed_over_is_found_by_its_new_owner_alone(cast: Cast, stages: list[Stage]) -> None:
    deal = make.deal(stages[0], cast.olga)
    assert keys("planning", cast.olga, "deal") == {deal.pk}
    deals.hand_over(leaver=cast.olga, successor=cast.rosa, by=cast.alice, at=NOW)
    assert keys("planning", cast.olga, "deal") == set()
    assert keys("planning", cast.remi, "deal") == {deal.pk}


def test_a_row_removed_leaves_nothing_in_the_index(cast: Cast) -> None:
    people.create_company(name="Vercors", by=cast.rosa, at=NOW)
    Document.objects.all().delete()
    assert found("vercors", cast.rosa) == []
    assert not matching("vercors", kind="company").exists()


def test_of_two_texts_of_one_subject_the_later_counts(cast: Cast) -> None:
    texts = ("Alder", "Birch", "Cedar")
    operations.index([operations.Document("company", 1, text, text, None, None) for text in texts[:2]])
    assert (keys("alder", cast.alice, "company"), keys("birch", cast.alice, "company")) == (set(), {1})
    operations.index([operations.Document("company", 1, texts[2], texts[2], None, None)])
    assert (keys("birch", cast.alice, "company"), keys("cedar", cast.alice, "company")) == (set(), {1})
