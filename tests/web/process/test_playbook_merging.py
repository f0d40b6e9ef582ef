"""Two playbooks made one: nothing that only one of the two changed is lost."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from piste.web.process.playbook_merging import Written, together

BASE = Written(
    {"a1": {"title": "Ring", "after": ""}, "a2": {"title": "Write", "after": "a1"}, "c3": {"text": "Known?"}}, "Say it."
)


def but(script: str = BASE.script, out: str = "", **rows: dict[str, Any]) -> Written:
    kept = {key: row for key, row in BASE.rows.items() if key != out}
    return Written(
        {key: {**kept.get(key, {}), **rows.get(key, {})} for key in [*kept, *(k for k in rows if k not in kept)]}, script
    )


def test_each_keeps_what_they_alone_changed() -> None:
    both = together(
        BASE,
        but(a2={"title": "Write now"}, an1={"title": "New"}),
        but("Say less.", a1={"title": "Ring twice"}, c9={"text": "Dear?"}),
    )
    assert [row.get("title") or row["text"] for row in both.rows.values()] == [
        "Ring twice",
        "Write now",
        "New",
        "Known?",
        "Dear?",
    ]
    assert (both.script, both.contested) == ("Say less.", ())


def test_two_fields_of_one_row_are_both_kept() -> None:
    both = together(BASE, but(a2={"title": "Write now"}), but(a2={"after": ""}))
    assert both.rows["a2"] == {"title": "Write now", "after": ""}
    assert both.contested == ()


def test_what_both_changed_holds_mine_and_is_named() -> None:
    both = together(BASE, but("Mine.", a1={"title": "Mine"}), but("Theirs.", a1={"title": "Theirs"}))
    assert (both.rows["a1"]["title"], both.script) == ("Mine", "Mine.")
    assert both.contested == ("Mine", "script")
    same = together(BASE, but("Same.", a1={"title": "Same"}), but("Same.", a1={"title": "Same"}))
    assert same.contested == ()


def test_a_row_taken_out_goes_unless_the_other_changed_it() -> None:
    for mine, theirs in ((but(out="a1"), BASE), (BASE, but(out="a1"))):
        both = together(BASE, mine, theirs)
        assert "a1" not in both.rows
        assert both.rows["a2"]["after"] == ""
        assert both.contested == ()
    for mine, theirs in ((but(out="a1"), but(a1={"title": "Ring twice"})), (but(a1={"title": "Ring twice"}), but(out="a1"))):
        both = together(BASE, mine, theirs)
        assert both.rows["a1"]["title"] == "Ring twice"
        assert both.contested == ("Ring twice",)


def test_whoever_changed_the_order_has_it() -> None:
    turned = Written({key: BASE.rows[key] for key in ("a2", "a1", "c3")}, BASE.script)
    assert list(together(BASE, BASE, turned).rows) == ["a2", "a1", "c3"]
    assert list(together(BASE, turned, BASE).rows) == ["a2", "a1", "c3"]


def test_the_ends_of_lines_are_no_change() -> None:
    kept = Written({"a1": {"title": "Ring", "detail": "One\nTwo", "offset_days": 2}}, "Say\nit")
    sent = Written({"a1": {"title": "Ring ", "detail": "One\r\nTwo", "offset_days": "2"}}, "Say\r\nit\r\n")
    theirs = Written({"a1": {"title": "Ring", "detail": "Three", "offset_days": 2}}, "Say more")
    both = together(kept, sent, theirs)
    assert (both.rows["a1"]["detail"], both.script, both.contested) == ("Three", "Say more", ())


WORDS = st.sampled_from(["Ring", "Write", "Meet", ""])
ROWS = st.dictionaries(st.sampled_from(["a1", "a2", "c3", "t4"]), st.fixed_dictionaries({"title": WORDS, "detail": WORDS}))
SIDES = st.builds(Written, ROWS, WORDS)


@given(SIDES, SIDES)
def test_who_changed_nothing_gets_what_the_other_wrote(base: Written, other: Written) -> None:
    for both in (together(base, base, other), together(base, other, base)):
        assert both.rows == other.rows
        assert both.script == other.script
        assert both.contested == ()
