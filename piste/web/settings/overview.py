"""The landing page of the settings: every setting one may see, with what it is for and how it stands now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import Count, QuerySet, Subquery, Value
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language_info, gettext, ngettext

from piste.company.models import Invitation, Member, Settings, Team
from piste.exchange.backup import last_made
from piste.exchange.models import ImportRun
from piste.journal.models import Entry
from piste.pipelines.models import Pipeline, Stage
from piste.web import access
from piste.web.access import MemberRequest, member_view
from piste.web.member import company_of
from piste.web.start.regions import country_choices
from piste.web.templatetags.piste import day, filesize, moment, number, tongue

from .lists import KINDS


@dataclass(frozen=True, slots=True)
class Card:
    """A setting: where it is changed ("" where no page changes it), what it is for, how it stands."""

    url: str
    icon: str
    name: str
    line: str
    state: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Settings that belong together."""

    key: str
    name: str
    cards: list[Card]


#: A back-up older than that is a warning.
OLD = timedelta(days=7)

ICONS = {"sources": "target", "loss_reasons": "ban", "tags": "flag", "products": "card", "custom_fields": "table"}


@member_view
def overview(request: MemberRequest) -> HttpResponse:
    """What one may set, in groups."""
    me = request.user
    counts = _counted(me, _rows(request))
    groups = [Group("you", gettext("You"), _own(request, counts))]
    if me.may_manage:
        groups.append(Group("lists", gettext("Lists"), _lists(request, counts)))
    if me.is_admin:
        groups.append(Group("company", gettext("Your company"), _company(company_of(request) or Settings(), counts)))
    groups.append(Group("elsewhere", gettext("Elsewhere"), _elsewhere(me, counts)))
    return render(request, "settings/overview.html", {"groups": groups, "section": "settings"})


def _rows(request: MemberRequest) -> dict[str, QuerySet[Any]]:
    """What is counted for this member."""
    found: dict[str, QuerySet[Any]] = {f"bin_{kind}": rows for kind, rows in access.binned(request).items()}
    found |= {"pipelines": Pipeline.objects.in_use(), "stages": Stage.objects.taking_deals()}
    if request.user.may_manage:
        for place, kind in KINDS.items():
            rows: QuerySet[Any] = kind.model._default_manager.all()
            found[place] = rows if place == "tags" else rows.filter(retired_at=None)
    if request.user.is_admin:
        found |= {"members": Member.objects.active(), "invited": Invitation.objects.waiting(), "teams": Team.objects.all()}
    return found


def _counted(me: Member, rows: dict[str, QuerySet[Any]]) -> dict[str, int]:
    """How many of each, all in one statement."""
    counts = {
        name: Subquery(found.order_by().annotate(one=Value(1)).values("one").annotate(n=Count("pk")).values("n"))
        for name, found in rows.items()
    }
    row: Any = Member.objects.filter(pk=me.pk).values(**counts).get()
    return {name: count or 0 for name, count in row.items()}


def _own(request: MemberRequest, counts: dict[str, int]) -> list[Card]:
    me = request.user
    binned = sum(count for name, count in counts.items() if name.startswith("bin_"))
    kinds = set(Authenticator.objects.filter(user=me).values_list("type", flat=True))
    has_second = Authenticator.Type.TOTP in kinds or Authenticator.Type.WEBAUTHN in kinds
    return [
        Card(
            reverse("profile"), "user", gettext("My profile"), gettext("Name, language, time zone, theme, reminders."),
            f"{get_language_info(me.language)['name_local'].capitalize()} · {me.time_zone}",
        ),
        Card(
            reverse("own_hours"), "calendar", gettext("My working time"),
            gettext("Your days and hours, where they are not the company’s."),
            gettext("your own") if me.weekdays or me.opens or me.closes else gettext("as the company"),
        ),
        Card(
            reverse("mfa_index"), "lock", gettext("Signing in"),
            gettext("Password, second factor, passkeys, the browsers that are in."),
            gettext("second factor on") if has_second else gettext("password alone"), "" if has_second else "warning",
        ),
        Card(
            reverse("bin"), "trash", gettext("Bin"), gettext("What was put away, and the way to bring it back."),
            ngettext("%(said)s thing", "%(said)s things", binned) % {"said": number(binned)} if binned else gettext("empty"),
        ),
    ]  # fmt: skip


def _elsewhere(me: Member, counts: dict[str, int]) -> list[Card]:
    pipelines, stages = counts["pipelines"], counts["stages"]
    told = [
        ngettext("%(said)s pipeline", "%(said)s pipelines", pipelines) % {"said": number(pipelines)},
        ngettext("%(said)s stage", "%(said)s stages", stages) % {"said": number(stages)},
    ]
    return [
        Card(
            reverse("process"), "sliders", gettext("Pipelines and stages"),
            gettext("Stages, norms, playbooks, the contact clock."),
            ", ".join(told),
        ),
        Card(
            reverse("keyboard"), "keyboard", gettext("Keyboard"), gettext("Every shortcut, and whether single keys count."),
            gettext("single keys on") if me.single_keys else gettext("single keys off"),
        ),
    ]  # fmt: skip


def _lists(request: MemberRequest, counts: dict[str, int]) -> list[Card]:
    cards = []
    for place, kind in KINDS.items():
        state = gettext("%(said)s in use") % {"said": number(counts[place])} if counts[place] else gettext("none yet")
        cards.append(Card(reverse(place), ICONS[place], str(kind.title), str(kind.lede), state))
    last: ImportRun | None = access.import_runs(request).order_by("-pk").first()
    state = gettext("last on %(day)s") % {"day": day(last.at)} if last is not None else gettext("none yet")
    line = gettext("Files of your old tool or your spreadsheet; each can be undone whole.")
    return [*cards, Card(reverse("import"), "upload", gettext("Imports"), line, state)]


def _company(told: Settings, counts: dict[str, int]) -> list[Card]:
    """What administrators set. What no page changes is said all the same, with who does."""
    countries = dict(country_choices(tongue()))
    teams, people, invited = counts["teams"], counts["members"], counts["invited"]
    members = ngettext("%(said)s member", "%(said)s members", people) % {"said": number(people)}
    if invited:
        members += ", " + ngettext("%(said)s invited", "%(said)s invited", invited) % {"said": number(invited)}
    last = Entry.objects.order_by("-pk").values_list("at", flat=True).first()
    goes = settings.MAIL_GOES_OUT
    return [
        Card(
            reverse("company_settings"), "org", told.name, gettext("Name, language, currency, country, start of the year."),
            f"{told.currency} · {countries.get(told.country, told.country)}",
        ),
        Card(
            reverse("company_hours"), "calendar", gettext("Working time and first contact"),
            gettext("Days, hours and holidays; how soon a prospect is first met."), f"{told.opens:%H:%M} – {told.closes:%H:%M}",
        ),
        Card(
            reverse("members"), "users", gettext("Members"), gettext("Who is in, what each may do and see, who is invited."),
            members,
        ),
        Card(
            reverse("teams"), "columns", gettext("Teams"), gettext("Who sells with whom, and sees whose deals."),
            ngettext("%(said)s team", "%(said)s teams", teams) % {"said": number(teams)} if teams else gettext("none yet"),
        ),
        Card(
            reverse("audit_log"), "eye", gettext("Audit log"), gettext("Everything that was changed, by whom and when."),
            gettext("last entry %(at)s") % {"at": moment(last)} if last is not None else gettext("empty"),
        ),
        Card(
            "", "mail", gettext("E-mail"),
            gettext("Invitations, reminders and dashboards go out.") if goes else gettext(
                "Nothing goes out until PISTE_SMTP_URL is set."
            ),
            gettext("set up") if goes else gettext("not set up"), "" if goes else "warning",
        ),
        _backups(),
    ]  # fmt: skip


def _backups() -> Card:
    """When everything was last saved into one file. What no page does is said with the command that does it."""
    last = last_made()
    if last is None:
        line = gettext("None is known of. On the machine where Piste runs, “piste backup FILE” saves everything into one file.")
        return Card("", "download", gettext("Back-ups"), line, gettext("never"), "warning")
    line = gettext("The last one, checked once written: %(place)s (%(size)s).") % {
        "place": last.place, "size": filesize(last.size),
    }  # fmt: skip
    tone = "warning" if last.at < timezone.now() - OLD else ""
    return Card("", "download", gettext("Back-ups"), line, gettext("last: %(at)s") % {"at": moment(last.at)}, tone)
