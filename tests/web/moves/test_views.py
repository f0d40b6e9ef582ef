"""Moves over HTTP: what is asked, what is answered, what is refused and how it is said."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from piste.activities import operations as activities
from piste.activities.operations import Wanted
from piste.deals import operations
from piste.deals.models import Deal, LossReason, Source
from piste.pipelines.models import Stage
from piste.pipelines.operations import require
from tests import make
from tests.cast import NOW


@pytest.fixture
def stages(cast) -> list[Stage]:
    return make.stages(make.pipeline(by=cast.alice))


class Board:
    """Somebody at the board: what the page's script would send."""

    def __init__(self, member, stages, query: str = "") -> None:
        self.client = Client()
        self.client.force_login(member)
        self.headers = {
            "HX-Request": "true",
            "HX-Request-Type": "partial",
            "HX-Current-URL": f"http://testserver/pipelines/{stages[0].pipeline_id}/{query}",
            "X-Board-Shown": ",".join(f"{stage.pk}:25" for stage in stages),
        }

    def post(self, deal: Deal, verb: str, **data):
        return self.client.post(f"/deals/{deal.pk}/{verb}/", data, headers=self.headers)

    def get(self, deal: Deal, verb: str):
        return self.client.get(f"/deals/{deal.pk}/{verb}/", headers=self.headers)


def test_a_move_answers_the_touched_columns_and_a_way_back(cast, stages):
    deal = make.deal(stages[0], cast.rosa, title="Alba")
    answer = Board(cast.rosa, stages).post(deal, "move", to=stages[2].pk, seen=1)
    html = answer.content.decode()
    assert answer.status_code == 200
    assert f'hx-target="#col-{stages[0].pk}"' in html
    assert f'hx-target="#col-{stages[2].pk}"' in html
    assert f'hx-target="#col-{stages[1].pk}"' not in html
    assert "Alba is now in Meeting." in html
    assert f"/deals/{deal.pk}/undo/?number=2" in html


def test_on_the_deals_page_a_move_answers_its_parts_and_closes_the_question(cast, stages):
    deal = make.deal(stages[0], cast.rosa, title="Alba")
    other = make.deal(stages[0], cast.rosa, title="Borel")
    here = Board(cast.rosa, stages)
    here.headers["HX-Current-URL"] = f"http://testserver/deals/{deal.pk}/"
    answer = here.post(deal, "move", to=stages[2].pk, seen=1)
    html = answer.content.decode()
    assert "HX-Refresh" not in answer.headers
    assert 'hx-target="#deal-head"' in html
    assert 'hx-target="#board-dialog" hx-swap="delete"' in html
    assert f"/deals/{deal.pk}/undo/?number=2" in html
    late = here.post(deal, "move", to=stages[1].pk, seen=1)
    assert late.status_code == 409
    assert 'hx-target="#deal-head"' in late.content.decode()
    assert "Your change was not saved" in late.content.decode()
    # The page of another deal is no place for its parts.
    assert here.post(other, "move", to=stages[2].pk, seen=1).headers["HX-Refresh"] == "true"


def test_a_filtered_board_gets_back_only_what_it_shows(cast, stages):
    deal = make.deal(stages[0], cast.rosa, title="Alba", amount_minor=100)
    board = Board(cast.rosa, stages, "?least=5000")
    html = board.post(deal, "move", to=stages[2].pk, seen=1).content.decode()
    assert f"id=deal-{deal.pk} " not in html
    assert '<span class="n">0</span>' in html


def test_undo_takes_back_and_says_when_it_is_too_late(cast, stages):
    deal = make.deal(stages[0], cast.rosa, title="Alba")
    board = Board(cast.rosa, stages)
    board.post(deal, "move", to=stages[1].pk, seen=1)
    assert "Undone: Alba is back in Prospecting." in board.post(deal, "undo", number=2).content.decode()
    late = board.post(deal, "undo", number=2)
    assert late.status_code == 409
    assert "This can no longer be undone" in late.content.decode()
    assert board.post(deal, "undo", number="x").status_code == 409


def test_the_board_is_told_which_move_is_its_own(cast, stages):
    """What it asks next has seen that, even where no card says so yet."""
    deal = make.deal(stages[0], cast.rosa, title="Alba")
    board = Board(cast.rosa, stages)
    assert board.post(deal, "move", to=stages[1].pk, seen=1).headers["X-Deal-Moved"] == f"{deal.pk}:2"
    assert board.post(deal, "undo", number=2).headers["X-Deal-Moved"] == f"{deal.pk}:3"
    operations.move(deal=deal, to=stages[3], by=cast.remi, at=NOW)
    assert "X-Deal-Moved" not in board.post(deal, "move", to=stages[1].pk, seen=3).headers


def test_a_second_mover_is_told_who_did_what(cast, stages):
    deal = make.deal(stages[0], cast.rosa, title="Alba")
    Board(cast.rosa, stages).post(deal, "move", to=stages[1].pk, seen=1)
    answer = Board(cast.remi, stages).post(deal, "move", to=stages[2].pk, seen=1)
    assert answer.status_code == 409
    html = answer.content.decode()
    assert "Your change was not saved: Rosa moved Alba to Qualification a moment ago." in html
    assert f"id=deal-{deal.pk} " in html.split(f'hx-target="#col-{stages[1].pk}"')[1].split("</hx-partial>")[0]


@pytest.mark.parametrize(
    ("verb", "said"), [("win", "Rosa won Alba"), ("lose", "Rosa marked Alba as lost"), ("hold", "Rosa put Alba on hold")]
)
def test_each_end_has_its_words_for_the_second(cast, stages, verb, said):
    deal = make.deal(stages[0], cast.rosa, title="Alba")
    reason = LossReason.objects.create(name="Too dear")
    Board(cast.rosa, stages).post(deal, verb, seen=1, reason=reason.pk, until="2999-01-01")
    html = Board(cast.remi, stages).post(deal, "move", to=stages[2].pk, seen=1).content.decode()
    assert said in html


def test_a_stage_that_left_the_process_is_said_with_the_way_out(cast, stages):
    deal = make.deal(stages[0], cast.rosa, title="Alba")
    operations.retire_stage(stage=stages[2], destination=stages[1], by=cast.alice, at=NOW, why="Merged")
    for to in (stages[2].pk, 999, "nowhere", ""):
        answer = Board(cast.rosa, stages).post(deal, "move", to=to, seen=1)
        assert answer.status_code == 409
        assert "Alba stays in Prospecting: choose another stage." in answer.content.decode()


def test_what_is_missing_is_asked_and_saved_with_the_move(cast, stages):
    fair = Source.objects.create(name="Fair")
    for fact in ("source", "amount"):
        require(stage=stages[1], fact=fact, to_enter=True, to_leave=False, by=None, at=NOW, why="Quality")
    deal = make.deal(stages[0], cast.rosa, title="Alba", amount_minor=None)
    board = Board(cast.rosa, stages)
    answer = board.post(deal, "move", to=stages[1].pk, seen=1)
    assert answer.status_code == 422
    assert "Missing: source, amount." in answer.content.decode()
    given = {"to": stages[1].pk, "seen": 1, "dialog": 1, "fact": ["source", "amount"], "source": fair.pk}
    again = board.post(deal, "move", **given, amount="much")
    assert again.status_code == 422
    assert "This is not an amount" in again.content.decode()
    assert Deal.objects.get(pk=deal.pk).source is None
    assert board.post(deal, "move", **given, amount="12 500,50").status_code == 200
    saved = Deal.objects.get(pk=deal.pk)
    assert (saved.stage, saved.amount_minor, saved.source) == (stages[1], 1_250_050, fair)


def test_only_managers_move_in_spite_of_missing_facts(cast, stages):
    require(stage=stages[1], fact="source", to_enter=True, to_leave=False, by=None, at=NOW, why="Quality")
    deal = make.deal(stages[0], cast.rosa)
    given = {"to": stages[1].pk, "seen": 1, "fact": "source", "override": "In a hurry"}
    assert "Move without them" not in Board(cast.rosa, stages).post(deal, "move", to=stages[1].pk).content.decode()
    refused = Board(cast.rosa, stages).post(deal, "move", **given)
    assert refused.status_code == 403
    assert "Only a manager" in refused.content.decode()
    assert Board(cast.marc, stages).post(deal, "move", **given).status_code == 200


@pytest.mark.parametrize("until", ["", "soon", "2020-01-01"])
def test_a_hold_needs_a_day_to_come(cast, stages, until):
    deal = make.deal(stages[0], cast.rosa)
    answer = Board(cast.rosa, stages).post(deal, "hold", seen=1, dialog=1, until=until)
    assert answer.status_code == 422
    assert "field__error" in answer.content.decode()
    assert Deal.objects.get(pk=deal.pk).status == "open"


def test_a_loss_needs_a_reason_of_the_list(cast, stages):
    deal = make.deal(stages[0], cast.rosa)
    gone = LossReason.objects.create(name="Old", retired_at=NOW)
    for reason in ("", "x", gone.pk):
        answer = Board(cast.rosa, stages).post(deal, "lose", seen=1, dialog=1, reason=reason)
        assert answer.status_code == 422
    assert Deal.objects.get(pk=deal.pk).status == "open"


def test_held_deals_come_back(cast, stages):
    deal = make.deal(stages[1], cast.rosa, title="Alba")
    operations.hold(deal=deal, until=date(2999, 1, 1), by=cast.rosa, at=NOW, today=NOW.date())
    html = Board(cast.rosa, stages).post(deal, "resume", seen=2).content.decode()
    assert "Alba is now in Qualification." in html
    assert Deal.objects.get(pk=deal.pk).status == "open"


def test_a_move_to_where_it_is_changes_nothing_and_says_so(cast, stages):
    deal = make.deal(stages[1], cast.rosa)
    answer = Board(cast.rosa, stages).post(deal, "move", to=stages[1].pk, seen=1)
    assert answer.status_code == 409
    assert "Nothing to change" in answer.content.decode()


@pytest.mark.parametrize("verb", ["move", "win", "lose", "hold", "resume", "undo"])
def test_each_question_is_a_dialog_and_a_page(cast, stages, verb):
    deal = make.deal(stages[1], cast.rosa, title="Alba")
    board = Board(cast.rosa, stages)
    assert "<dialog" in board.get(deal, verb).content.decode()
    page = board.client.get(f"/deals/{deal.pk}/{verb}/").content.decode()
    assert "<!doctype html>" in page
    assert "<form" in page


def test_without_the_script_moves_lead_back_to_the_board(cast, stages):
    deal = make.deal(stages[1], cast.rosa, title="Alba")
    client = Client()
    client.force_login(cast.rosa)
    answer = client.post(f"/deals/{deal.pk}/move/", {"to": stages[2].pk, "seen": 1}, follow=True)
    assert "Alba is now in Meeting." in answer.content.decode()
    late = client.post(f"/deals/{deal.pk}/move/", {"to": stages[3].pk, "seen": 1}, follow=True)
    assert "Your change was not saved" in late.content.decode()


def test_a_plain_form_leads_back_to_the_page_it_was_opened_from(cast, stages):
    deal = make.deal(stages[1], cast.rosa, title="Alba")
    client = Client()
    client.force_login(cast.rosa)
    page = f"/deals/{deal.pk}/"
    asked = client.get(f"/deals/{deal.pk}/move/", headers={"Referer": f"http://testserver{page}"})
    assert f'name="back" value="{page}"' in asked.content.decode()
    assert client.post(f"/deals/{deal.pk}/move/", {"to": stages[2].pk, "back": page}).url == page
    elsewhere = client.post(f"/deals/{deal.pk}/move/", {"to": stages[3].pk, "back": "//evil.example/deals/1/"})
    assert elsewhere.url == f"/pipelines/{stages[0].pipeline_id}/"


def test_a_closed_deal_is_not_put_on_hold(cast, stages):
    deal = make.deal(stages[1], cast.rosa, title="Alba")
    operations.win(deal=deal, by=cast.rosa, at=NOW)
    answer = Board(cast.rosa, stages).get(deal, "hold")
    assert answer.status_code == 409
    assert "A closed deal cannot be put on hold" in answer.content.decode()


def test_what_a_place_would_ask_is_foreseen(cast, stages):
    deal = make.deal(stages[1], cast.rosa, expected_close_on=date(2027, 1, 1))
    other = make.deal(stages[2], cast.rosa)
    activities.plan(wanted=Wanted(title="Call", due_on=date(2026, 12, 1)), assignee=cast.rosa, by=None, at=NOW, deal=other)
    require(stage=stages[2], fact="source", to_enter=True, to_leave=False, by=None, at=NOW, why="Quality")
    told = Board(cast.rosa, stages).get(deal, "needs").json()
    assert told[str(stages[2].pk)] == {"needs": ["source"], "place": 2, "count": 2}
    assert told[str(stages[3].pk)] == {"needs": [], "place": 1, "count": 1}


def test_refreshed_columns_are_those_asked_for(cast, stages):
    make.deal(stages[1], cast.rosa, title="Alba")
    board = Board(cast.rosa, stages)
    address = f"/pipelines/{stages[0].pipeline_id}/columns/?column={stages[1].pk}:25&column=x:y&column=999:3"
    html = board.client.get(address, headers=board.headers).content.decode()
    assert html.count('hx-target="#col-') == 1
    assert "Alba" in html
    assert board.client.get(address).status_code == 302
