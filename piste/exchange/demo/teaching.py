"""The lessons of the demo company, who has read them, and who has read what was published."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from piste.company.models import Member
from piste.deals.operations import reshape_stage
from piste.pipelines.models import Pipeline, ProcessVersion, Stage
from piste.pipelines.queries import shape_of
from piste.pipelines.rules import Shape
from piste.training.models import Lesson
from piste.training.operations import Text, note_lesson_read, note_process_read, rewrite, write
from piste.training.rules import NEWS, trait_key

DAY = timedelta(days=1)
PISTE = gettext_noop(
    "- Every open deal has a **next step** with a day. No exception.\n"
    "- What was said goes on the deal the same day: who comes after you reads it.\n"
    "- A deal that will not come is **lost**, with its reason. It is no shame, and it teaches the others.\n"
    "- Changes of the process are read here; ask when one makes no sense."
)
CALL = gettext_noop(
    "**Goal:** a meeting, nothing else.\n"
    "\n"
    "1. Say who you are and why *them*: one fact about their company.\n"
    "2. Ask one question about the way they work today.\n"
    "3. Offer two dates.\n"
    "\n"
    "> “I saw that you opened a second workshop in Nantes. How do you plan the rounds there?”"
)
DECIDES = gettext_noop(
    "Ask early, and ask openly:\n"
    "\n"
    "- *Who will use it? Who pays? Who can say no?*\n"
    "- Write each person down on the deal, with their role.\n"
    "- Never leave a meeting without the name of whoever decides.\n"
    "\n"
    "A deal with two known people is worth more than one with a friendly voice."
)
MEETING = gettext_noop(
    "1. **Why we are here** (2 minutes): say it in their words.\n"
    "2. **How they work** (20 minutes): they speak, you write.\n"
    "3. **What it would change** (15 minutes): show one thing only.\n"
    "4. **What comes next** (5 minutes): a day, a person, a document.\n"
    "\n"
    "Send the summary the same day."
)
PROPOSAL = gettext_noop(
    "A proposal that is read alone is compared on its price.\n"
    "\n"
    "- Book thirty minutes to go through it together.\n"
    "- Two prices, not three: the one you advise comes first.\n"
    "- Call within two days. Ask what is missing, not whether they have decided."
)
DEAR = gettext_noop(
    "First be silent, then ask: *“Compared with what?”*\n"
    "\n"
    "- **another offer**: what is not in it?\n"
    "- **doing nothing**: what does a week of the old way cost?\n"
    "- **their budget**: begin smaller, keep the price.\n"
    "\n"
    "A discount is given against something: a signature this month, a reference, a longer term."
)


def change(stages: Sequence[Stage], *, by: Member, at: datetime) -> None:
    """What was published of late, for the reps to read: before anything else happens at that moment."""
    kept = stages[-1]
    now = shape_of(kept)
    why = _("Customers who heard from us once a quarter stayed; each month was too often for them and for us")
    shape = Shape(now.name, now.role, now.probability, 90, now.needs)
    reshape_stage(stage=kept, shape=shape, by=by, at=at - 12 * DAY, why=why)


def teach(pipeline: Pipeline, stages: Sequence[Stage], sellers: Sequence[Member], *, at: datetime) -> None:
    """Six lessons, one of them in its second version; the reps have read more or less of them."""
    head, reps = sellers[-1], list(sellers[:-2])
    began = at - 200 * DAY
    lessons = []
    for number, (place, text, path) in enumerate(_lessons(stages)):
        lessons.append(
            write(
                pipeline=pipeline, stage=None if place is None else stages[place], text=text, path=path, by=head,
                at=began + number * 3 * DAY,
            )
        )  # fmt: skip
    for turn, rep in enumerate(reps):
        for number, lesson in enumerate(lessons[: len(lessons) - turn]):
            _read(lesson, rep, began + (20 + 5 * turn + number) * DAY)
    first = lessons[1]
    assert first.version is not None
    now = Text(first.version.kind, first.version.title, first.version.body, first.version.supports)
    said = _("Do not speak of the price: it comes with the proposal.")
    why = _("More and more calls began with the price; the new part says why not")
    first.version = rewrite(
        lesson=first, stage=first.stage, text=Text(now.kind, now.title, f"{now.body}\n\n{said}", now.supports), path=first.path,
        why=why, seen=1, by=head, at=at - 6 * DAY,
    )  # fmt: skip
    _read(first, reps[0], at - 5 * DAY)
    recent = ProcessVersion.objects.filter(pipeline=pipeline, number__gt=1, at__gt=at - NEWS).order_by("number")
    for version in recent:
        for rep in reps[:2]:
            if rep.joined_at <= version.at:
                note_process_read(version=version, by=rep, at=min(version.at + DAY, at))


def _read(lesson: Lesson, member: Member, at: datetime) -> None:
    assert lesson.version is not None
    note_lesson_read(version=lesson.version, by=member, at=at)


def _lessons(stages: Sequence[Stage]) -> list[tuple[int | None, Text, str]]:
    """The place of the stage, what the lesson says, whose path it is on."""
    people = [trait_key(stages[3].pk, "contacts", "yes")]
    return [
        (None, Text("lesson", _("How we use Piste"), _(PISTE)), "all"),
        (0, Text("script", _("Open a first call"), _(CALL)), "rep"),
        (1, Text("technique", _("Find out who decides"), _(DECIDES), people), "rep"),
        (2, Text("lesson", _("Hold a meeting in four parts"), _(MEETING)), "rep"),
        (3, Text("technique", _("Present the proposal, do not send it"), _(PROPOSAL), people), "rep"),
        (4, Text("script", _("When they say: too dear"), _(DEAR)), ""),
    ]
