"""What the journal's verbs and facts are called in the audit log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from piste.activities.models import ActivityKind, Repeats
from piste.company.models import Member, Role, Sees, Team
from piste.deals.models import Source
from piste.journal.models import Entry
from piste.people.models import Company, Contact
from piste.web.parts.facts_told import FACTS as TOLD
from piste.web.templatetags.piste import amount, day, moment

VERBS = {
    "deal.created": gettext_lazy("Deal created"),
    "deal.advanced": gettext_lazy("Deal advanced"),
    "deal.skipped": gettext_lazy("Deal skipped ahead"),
    "deal.returned": gettext_lazy("Deal went back"),
    "deal.won": gettext_lazy("Deal won"),
    "deal.lost": gettext_lazy("Deal lost"),
    "deal.held": gettext_lazy("Deal on hold"),
    "deal.resumed": gettext_lazy("Deal resumed"),
    "deal.reopened": gettext_lazy("Deal reopened"),
    "deal.changed_pipeline": gettext_lazy("Deal changed pipeline"),
    "deal.undone": gettext_lazy("Move taken back"),
    "deal.amended": gettext_lazy("Facts of a deal changed"),
    "deal.contacts": gettext_lazy("Contacts of a deal changed"),
    "deal.products": gettext_lazy("Products of a deal changed"),
    "deal.tagged": gettext_lazy("Tags of a deal changed"),
    "deal.discarded": gettext_lazy("Deal put in the bin"),
    "deal.restored": gettext_lazy("Deal brought back"),
    "deal.erased": gettext_lazy("Deal erased"),
    "deal.criterion_met": gettext_lazy("Exit criterion met"),
    "deal.criterion_unmet": gettext_lazy("Exit criterion taken back"),
    "deal.assigned_to_variant": gettext_lazy("Variant of a split test drawn"),
    "idea.written": gettext_lazy("Idea written"),
    "idea.voted": gettext_lazy("Vote for an idea"),
    "idea.unvoted": gettext_lazy("Vote for an idea taken back"),
    "idea.dropped": gettext_lazy("Idea dropped"),
    "idea.taken_up": gettext_lazy("Idea taken up again"),
    "test.designed": gettext_lazy("Split test designed"),
    "test.redesigned": gettext_lazy("Design of a split test changed"),
    "test.dropped": gettext_lazy("Design of a split test given up"),
    "test.started": gettext_lazy("Split test started"),
    "test.paused": gettext_lazy("Split test paused"),
    "test.resumed": gettext_lazy("Split test resumed"),
    "test.stopped": gettext_lazy("Split test stopped"),
    "test.decided": gettext_lazy("Split test decided"),
    "test.rolled_out": gettext_lazy("Winner of a split test rolled out"),
    "deal.clock_started": gettext_lazy("Contact clock started"),
    "deal.clock_met": gettext_lazy("Contact clock stopped"),
    "activity.planned": gettext_lazy("Activity planned"),
    "activity.amended": gettext_lazy("Activity changed"),
    "activity.snoozed": gettext_lazy("Activity put off"),
    "activity.reassigned": gettext_lazy("Activity handed on"),
    "activity.done": gettext_lazy("Activity done"),
    "activity.logged": gettext_lazy("Activity noted as done"),
    "activity.taken_back": gettext_lazy("Activity to be done again"),
    "activity.discarded": gettext_lazy("Activity put in the bin"),
    "activity.restored": gettext_lazy("Activity brought back"),
    "activity.erased": gettext_lazy("Activity erased"),
    "note.written": gettext_lazy("Note written"),
    "note.rewritten": gettext_lazy("Note rewritten"),
    "note.withdrawn": gettext_lazy("Note taken away"),
    "note.brought_back": gettext_lazy("Note brought back"),
    "note.pinned": gettext_lazy("Note pinned"),
    "note.unpinned": gettext_lazy("Note unpinned"),
    "note.erased": gettext_lazy("Note erased"),
    "file.attached": gettext_lazy("File attached"),
    "file.detached": gettext_lazy("File taken away"),
    "file.brought_back": gettext_lazy("File brought back"),
    "file.erased": gettext_lazy("File erased"),
    "company.created": gettext_lazy("Company created"),
    "company.amended": gettext_lazy("Facts of a company changed"),
    "company.discarded": gettext_lazy("Company put in the bin"),
    "company.restored": gettext_lazy("Company brought back"),
    "company.erased": gettext_lazy("Company erased"),
    "company.twin_erased": gettext_lazy("Company once merged with this one erased"),
    "company.merged": gettext_lazy("Companies merged"),
    "company.unmerged": gettext_lazy("Merge of companies undone"),
    "contact.created": gettext_lazy("Contact created"),
    "contact.amended": gettext_lazy("Facts of a contact changed"),
    "contact.consent": gettext_lazy("Consent of a contact noted"),
    "contact.discarded": gettext_lazy("Contact put in the bin"),
    "contact.restored": gettext_lazy("Contact brought back"),
    "contact.erased": gettext_lazy("Contact erased"),
    "contact.twin_erased": gettext_lazy("Contact once merged with this one erased"),
    "contact.merged": gettext_lazy("Contacts merged"),
    "contact.unmerged": gettext_lazy("Merge of contacts undone"),
    "automation.acted": gettext_lazy("Automation wrote to somebody"),
    "process.changed": gettext_lazy("Process changed"),
    "process.retested": gettext_lazy("Change of the process measured"),
    "process.judged": gettext_lazy("Verdict on a change of the process"),
    "process.drafted": gettext_lazy("Draft of the process written"),
    "process.draft_abandoned": gettext_lazy("Draft of the process abandoned"),
    "pipelines.reordered": gettext_lazy("Pipelines put in order"),
    "import.done": gettext_lazy("Import done"),
    "import.undone": gettext_lazy("Import undone"),
    "member.invited": gettext_lazy("Member invited"),
    "invitation.revoked": gettext_lazy("Invitation withdrawn"),
    "member.joined": gettext_lazy("Member joined"),
    "member.amended": gettext_lazy("Member changed"),
    "member.deactivated": gettext_lazy("Member deactivated"),
    "member.reactivated": gettext_lazy("Member let in again"),
    "member.signed_in": gettext_lazy("Signed in"),
    "member.entered_by_link": gettext_lazy("Signed in by a one-time link"),
    "member.signed_out_everywhere": gettext_lazy("Signed out everywhere"),
    "member.password_changed": gettext_lazy("Password changed"),
    "member.second_factor_added": gettext_lazy("Second factor turned on"),
    "member.second_factor_removed": gettext_lazy("Second factor turned off"),
    "member.second_factor_forgotten": gettext_lazy("Second factor taken away"),
    "member.passkey_added": gettext_lazy("Passkey added"),
    "member.passkey_removed": gettext_lazy("Passkey taken away"),
    "member.recovery_codes_made": gettext_lazy("Recovery codes made"),
    "team.created": gettext_lazy("Team created"),
    "team.renamed": gettext_lazy("Team renamed"),
    "team.removed": gettext_lazy("Team removed"),
    "company.set_up": gettext_lazy("Company set up"),
    "company.renamed": gettext_lazy("Own company renamed"),
    "settings.amended": gettext_lazy("Settings changed"),
    "demo.filled": gettext_lazy("Demo company filled"),
    "demo.removed": gettext_lazy("Demo company removed"),
    "source.added": gettext_lazy("Source added"),
    "source.renamed": gettext_lazy("Source renamed"),
    "source.retired": gettext_lazy("Source taken out"),
    "source.restored": gettext_lazy("Source brought back"),
    "loss_reason.added": gettext_lazy("Loss reason added"),
    "loss_reason.renamed": gettext_lazy("Loss reason renamed"),
    "loss_reason.retired": gettext_lazy("Loss reason taken out"),
    "loss_reason.restored": gettext_lazy("Loss reason brought back"),
    "loss_reason.moved": gettext_lazy("Loss reasons put in order"),
    "outcome.added": gettext_lazy("Outcome added"),
    "outcome.renamed": gettext_lazy("Outcome renamed"),
    "outcome.retired": gettext_lazy("Outcome taken out"),
    "outcome.restored": gettext_lazy("Outcome brought back"),
    "view.saved": gettext_lazy("View saved"),
    "view.changed": gettext_lazy("View changed"),
    "view.removed": gettext_lazy("View removed"),
    "dashboard.made": gettext_lazy("Dashboard made"),
    "dashboard.changed": gettext_lazy("Dashboard changed"),
    "dashboard.removed": gettext_lazy("Dashboard removed"),
    "deal.called": gettext_lazy("Deal sorted in the forecast"),
    "call.said": gettext_lazy("Call of a rep said"),
    "target.set": gettext_lazy("Targets set"),
    "dashboard.scheduled": gettext_lazy("Dashboard sent by e-mail from now on"),
    "dashboard.rescheduled": gettext_lazy("E-mail of a dashboard changed"),
    "dashboard.paused": gettext_lazy("E-mail of a dashboard paused"),
    "dashboard.resumed": gettext_lazy("E-mail of a dashboard resumed"),
    "dashboard.unscheduled": gettext_lazy("E-mail of a dashboard ended"),
    "dashboard.left": gettext_lazy("E-mail of a dashboard left by a reader"),
    "dashboard.sent": gettext_lazy("Dashboard sent by e-mail at once"),
    "lesson.written": gettext_lazy("Lesson written"),
    "lesson.rewritten": gettext_lazy("Lesson changed"),
    "lesson.retired": gettext_lazy("Lesson taken out"),
    "lesson.restored": gettext_lazy("Lesson brought back"),
    "lesson.placed": gettext_lazy("Steps of a path put in order"),
    "audit.made": gettext_lazy("Audit made"),
    "audit.tasked": gettext_lazy("Finding of an audit given as a task"),
    "audit.scheduled": gettext_lazy("Audits made by themselves from now on"),
    "audit.unscheduled": gettext_lazy("No more audits by themselves"),
    "tag.added": gettext_lazy("Tag added"),
    "tag.renamed": gettext_lazy("Tag renamed"),
    "tag.removed": gettext_lazy("Tag removed"),
    "product.added": gettext_lazy("Product added"),
    "product.amended": gettext_lazy("Product changed"),
    "product.retired": gettext_lazy("Product taken out"),
    "product.restored": gettext_lazy("Product brought back"),
    "field.added": gettext_lazy("Custom field added"),
    "field.amended": gettext_lazy("Custom field changed"),
    "field.retired": gettext_lazy("Custom field taken out"),
    "field.restored": gettext_lazy("Custom field brought back"),
    "field.moved": gettext_lazy("Custom fields put in order"),
}
GROUPS = (
    (gettext_lazy("Deals"), ("deal", "note", "file", "activity")),
    (gettext_lazy("Contacts and companies"), ("company", "contact")),
    (
        gettext_lazy("Process and imports"),
        ("process", "pipelines", "idea", "test", "import", "target", "call", "audit", "lesson"),
    ),
    (gettext_lazy("Members"), ("member", "invitation", "team")),
    (gettext_lazy("Lists"), ("source", "loss_reason", "tag", "product", "field", "outcome", "view", "dashboard")),
    (gettext_lazy("Own company"), ("settings", "demo")),
)
#: Verbs that begin like those of the companies one sells to, and speak of our own.
OWN = ("company.set_up", "company.renamed")
FACTS = TOLD | {
    "role": gettext_lazy("role"),
    "sees": gettext_lazy("sees"),
    "time_zone": gettext_lazy("time zone"),
    "weekdays": gettext_lazy("days worked"),
    "opens": gettext_lazy("beginning of the day"),
    "closes": gettext_lazy("end of the day"),
    "clock_role": gettext_lazy("first contact wanted after"),
    "clock_working_days": gettext_lazy("working days for the first contact"),
    "theme": gettext_lazy("theme"),
    "single_keys": gettext_lazy("single-key shortcuts"),
    "fiscal_year_month": gettext_lazy("first month of the fiscal year"),
    "code": gettext_lazy("code"),
    "price_minor": gettext_lazy("price"),
    "label": gettext_lazy("label"),
    "options": gettext_lazy("choices"),
    "figures": gettext_lazy("figures"),
    "is_shared": gettext_lazy("shared"),
    "kind": gettext_lazy("kind"),
    "detail": gettext_lazy("details"),
    "contact": gettext_lazy("contact"),
    "due_on": gettext_lazy("day"),
    "due_at": gettext_lazy("hour"),
    "minutes": gettext_lazy("minutes"),
    "repeats": gettext_lazy("repeats"),
    "remind_minutes": gettext_lazy("reminder"),
    "remind_by_mail": gettext_lazy("reminder by e-mail"),
    "digest_at": gettext_lazy("morning letter"),
}
#: Facts whose values are rows of a table.
ROWS: dict[str, Any] = {
    "owner": Member, "team": Team, "company": Company, "parent": Company, "contact": Contact, "source": Source,
}  # fmt: skip
WORDS = {
    "role": dict(Role.choices), "sees": dict(Sees.choices), "kind": dict(ActivityKind.choices), "repeats": dict(Repeats.choices),
}  # fmt: skip


def groups() -> list[tuple[str, list[tuple[str, str]]]]:
    """The verbs to choose from, by what they speak of."""
    found = []
    for label, kinds in GROUPS:
        own = kinds[0] == "settings"
        verbs = [
            (verb, str(said))
            for verb, said in VERBS.items()
            if (verb in OWN and own) or (verb not in OWN and verb.split(".")[0] in kinds)
        ]
        found.append((str(label), verbs))
    return found


def facts_said(entries: Sequence[Entry]) -> dict[int, str]:
    """What each entry changed, in words: « role: Rep → Manager »; a statement for each kind of row named."""
    names = _names_of_rows(pair for entry in entries for pair in _changes(entry).items())
    return {entry.pk: _said(entry, names) for entry in entries}


def _changes(entry: Entry) -> dict[str, Any]:
    """The facts an entry changed, as [before, after]; a process tells its changes otherwise."""
    found = entry.data.get("changes")
    return found if isinstance(found, dict) else {}


def _said(entry: Entry, names: dict[str, dict[int, str]]) -> str:
    data = entry.data
    if changes := _changes(entry):
        currency = data.get("currency") or (changes.get("currency") or ["", ""])[1]
        parts = []
        for fact, (before, after) in changes.items():
            values = {
                "fact": FACTS.get(fact.removesuffix("_id"), fact.removeprefix("custom:")),
                "before": _value(fact, before, currency, names) or "—",
                "after": _value(fact, after, currency, names) or "—",
            }
            parts.append(_("%(fact)s: %(before)s → %(after)s") % values)
        return "; ".join(parts)
    return " · ".join(part for part in (_told(entry), str(data.get("why") or "")) if part)


def _told(entry: Entry) -> str:
    """What an entry says beside its subject: from where to where, how much, what was to be done, from which file."""
    data = entry.data
    if data.get("from_name") and data.get("to_name"):
        return f"{data['from_name']} → {data['to_name']}"
    if isinstance(data.get("amount_minor"), int) and data.get("currency"):
        return amount(data["amount_minor"], data["currency"])
    if "activity" in data and entry.subject_kind != "activity":
        return str(data.get("title") or "")
    return str(data.get("file") or "")


def _names_of_rows(changes: Iterable[tuple[str, Sequence[Any]]]) -> dict[str, dict[int, str]]:
    wanted: dict[str, set[int]] = {}
    for fact, pair in changes:
        plain = fact.removesuffix("_id")
        if plain in ROWS:
            wanted.setdefault(plain, set()).update(value for value in pair if isinstance(value, int))
    return {
        fact: dict(ROWS[fact]._default_manager.filter(pk__in=keys).values_list("pk", "name")) for fact, keys in wanted.items()
    }


def _value(fact: str, value: Any, currency: str, names: dict[str, dict[int, str]]) -> str:
    plain = fact.removesuffix("_id")
    if value in (None, "", []):
        return ""
    if plain in names and isinstance(value, int):
        return names[plain].get(value, "…")
    if plain in WORDS:
        return str(WORDS[plain].get(value, value))
    if fact in ("amount_minor", "price_minor") and currency:
        return amount(value, currency)
    if fact in ("expected_close_on", "due_on"):
        return day(date.fromisoformat(value[:10]))
    if fact == "due_at":
        return moment(datetime.fromisoformat(value))
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
