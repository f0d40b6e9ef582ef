"""Undoing an import whole: what it created goes to the bin, what it changed is as before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from piste.activities.operations import settle
from piste.catalogue.models import Product
from piste.catalogue.operations import retire_product
from piste.company.models import CustomField, Member, Team
from piste.company.operations import LastAdmin, deactivate, retire_field
from piste.deals import operations as deals
from piste.deals.models import Deal, DealContact, DealProduct, LossReason, Source, Tag
from piste.deals.queries.facts import said
from piste.exchange.models import ImportedRow, ImportRun
from piste.journal.models import Entry
from piste.journal.operations import record
from piste.people.models import Company, Contact
from piste.people.operations import amend_company, amend_contact, column_of, discard_many
from piste.pipelines.models import Pipeline, Stage
from piste.pipelines.queries import stages_in_use


class AlreadyUndone(Exception):
    """This import was undone before."""


BATCH = 500
#: What was made first is taken away last: an owner or a stage stays as long as a deal needs it.
ORDER = ("deal", "contact", "company", "product", "member", "field", "source", "tag", "reason", "stage", "pipeline")


@transaction.atomic
def undo_import(*, run: ImportRun, by: Member | None, at: datetime) -> dict[str, int]:
    """Takes back everything one import did, newest first; returns how many objects were discarded, set back and kept.

    What something else has come to use since is kept, and so is what somebody has changed since an update.
    Raises `AlreadyUndone`.
    """
    locked = ImportRun.objects.select_for_update().get(pk=run.pk)
    if locked.undone_at is not None:
        raise AlreadyUndone
    counts = {"discarded": 0, "set_back": 0, "kept": 0}
    for row in locked.rows.filter(outcome="updated").order_by("-pk"):
        counts["set_back" if _set_back(row, by, at) else "kept"] += 1
    for kind in ORDER:
        keys = list(locked.rows.filter(outcome="created", object_kind=kind).order_by("-pk").values_list("object_id", flat=True))
        for start in range(0, len(keys), BATCH):
            gone = _take_away(kind, keys[start : start + BATCH], by, at)
            counts["discarded"] += gone
            counts["kept"] += len(keys[start : start + BATCH]) - gone
    locked.undone_at = at
    locked.save(update_fields=["undone_at"])
    record(
        verb="import.undone",
        subject_kind="import",
        subject_id=locked.pk,
        actor_id=by.pk if by else None,
        at=at,
        cause="import",
        data=counts,
    )
    return counts


def forget_rows(entry: Entry) -> None:
    """What an erased deal, company or contact was before an import changed it is not kept either."""
    ImportedRow.objects.filter(object_kind=entry.subject_kind, object_id=entry.subject_id).update(before={})


def _take_away(kind: str, keys: Sequence[int], by: Member | None, at: datetime) -> int:
    """Takes away what an import made, as far as nothing else uses it; returns how many are gone."""
    if kind == "deal":
        deals.discard_many(deals=keys, by=by, at=at, cause="import")
        settle(*keys)
        return len(keys)
    if kind in ("contact", "company"):
        return _discard_unused(kind, keys, by, at)
    return sum(_retire(kind, key, by, at) for key in keys)


def _discard_unused(kind: str, keys: Sequence[int], by: Member | None, at: datetime) -> int:
    if kind == "contact":
        used = set(DealContact.objects.filter(contact__in=keys, deal__deleted_at=None).values_list("contact_id", flat=True))
        rows: list[Company] | list[Contact] = list(
            Contact.objects.filter(pk__in=keys).exclude(pk__in=used).select_related("company")
        )
    else:
        used = set(Deal.objects.present().filter(company__in=keys).values_list("company_id", flat=True))
        used |= set(Contact.objects.current().filter(company__in=keys).values_list("company_id", flat=True))
        rows = list(Company.objects.filter(pk__in=keys).exclude(pk__in=used))
    discard_many(people=[row for row in rows if row.deleted_at is None], by=by, at=at, cause="import")
    return len(rows)


def _retire(kind: str, key: int, by: Member | None, at: datetime) -> bool:
    """Takes one thing out of use that nothing of today needs; False when one does, or when it is gone already."""
    if by is None:
        return False
    present = Deal.objects.present()
    match kind:
        case "product":
            product = Product.objects.get(pk=key)
            if product.retired_at is not None or DealProduct.objects.filter(product=key, deal__deleted_at=None).exists():
                return False
            retire_product(product=product, by=by, at=at)
        case "member":
            return _let_go(key, by, at)
        case "field":
            field = CustomField.objects.get(pk=key)
            people: dict[str, QuerySet[Any]] = {"company": Company.objects.current(), "contact": Contact.objects.current()}
            holders = people.get(field.subject, present)
            if field.retired_at is not None or holders.filter(**{f"custom__{field.key}__isnull": False}).exists():
                return False
            retire_field(field=field, by=by, at=at)
        case "source" | "reason":
            return _retire_item(kind, key, by, at)
        case "tag":
            tag = Tag.objects.filter(pk=key).first()
            if tag is None or present.filter(tags=tag).exists():
                return False
            deals.remove_tag(tag=tag, by=by, at=at)
        case "stage":
            return _retire_stage(key, by, at)
        case _:
            return _retire_pipeline(key, by, at)
    return True


def _let_go(key: int, by: Member, at: datetime) -> bool:
    """A member made by an import loses access, unless something is theirs or they have signed in."""
    member = Member.objects.get(pk=key)
    mine = Deal.objects.present().filter(owner=member).exists() or Contact.objects.current().filter(owner=member).exists()
    if mine or not member.is_active or member.has_usable_password() or Company.objects.current().filter(owner=member).exists():
        return False
    try:
        deactivate(member=member, by=by, at=at)
    except LastAdmin:
        return False
    return True


def _retire_item(kind: str, key: int, by: Member, at: datetime) -> bool:
    item: Source | LossReason = Source.objects.get(pk=key) if kind == "source" else LossReason.objects.get(pk=key)
    column = "source" if kind == "source" else "loss_reason"
    if item.retired_at is not None or Deal.objects.present().filter(**{column: key}).exists():
        return False
    deals.retire_item(item=item, by=by, at=at)
    return True


def _retire_stage(key: int, by: Member, at: datetime) -> bool:
    stage = Stage.objects.select_related("pipeline").get(pk=key)
    other = next((one for one in stages_in_use(stage.pipeline_id) if one.pk != key), None)
    if stage.retired_at is not None or other is None or Deal.objects.present().filter(stage=stage).exists():
        return False
    deals.retire_stage(stage=stage, destination=other, by=by, at=at, why=_("Undone import"))
    return True


def _retire_pipeline(key: int, by: Member, at: datetime) -> bool:
    pipeline = Pipeline.objects.get(pk=key)
    if pipeline.retired_at is not None or Deal.objects.present().filter(pipeline=pipeline).exists():
        return False
    try:
        deals.retire_pipeline(pipeline=pipeline, destination=None, by=by, at=at, why=_("Undone import"))
    except (deals.LastPipeline, deals.HoldsDeals):
        return False
    return True


def _set_back(row: ImportedRow, by: Member | None, at: datetime) -> bool:
    """Puts back what an update replaced, where it still is as the update left it; False when all of it was changed since."""
    match row.object_kind:
        case "deal":
            return _set_deal_back(Deal.objects.get(pk=row.object_id), row.before, by, at)
        case "company":
            company = Company.objects.get(pk=row.object_id)
            facts, custom = dict(_still(company, row.before)), _still_own(company, row.before)
            amend_company(company=company, facts=_values(facts), custom=custom, by=by, at=at, cause="import")
        case _:
            contact = Contact.objects.get(pk=row.object_id)
            facts, custom = dict(_still(contact, row.before)), _still_own(contact, row.before)
            amend_contact(contact=contact, facts=_values(facts), custom=custom, by=by, at=at, cause="import")
    return bool(facts or custom)


def _set_deal_back(deal: Deal, before: Mapping[str, Any], by: Member | None, at: datetime) -> bool:
    """Undoes the moves where they are still the last, and puts the facts back."""
    if deal.deleted_at is not None:
        return False
    undone = 0
    for number in reversed(before.get("moves", [])):
        try:
            deals.undo(deal=deal, number=number, by=by, at=at, cause="import")
        except deals.CannotUndo:
            break
        undone += 1
    facts, custom = dict(_still(deal, before)), _still_own(deal, before)
    deals.amend(deal=deal, facts=_values(facts), custom=custom, by=by, at=at, cause="import")
    if "contacts" in before:
        deals.name_contacts(deal=deal, contacts=[(key, role) for key, role in before["contacts"]], by=by, at=at, cause="import")
    return bool(facts or custom or undone or "contacts" in before)


def _still(row: Deal | Company | Contact, before: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The facts that nobody has changed since the import did."""
    for name, value in before.get("facts", {}).items():
        if "after" not in before or said(getattr(row, column_of(row, name))) == before["after"].get(name):
            yield name, value


def _still_own(row: Deal | Company | Contact, before: Mapping[str, Any]) -> dict[str, Any]:
    """The same of the company's own fields."""
    return {
        key: value
        for key, value in before.get("custom", {}).items()
        if "after" not in before or row.custom.get(key) == before["after"].get(f"custom:{key}")
    }


def _values(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Kept values as the operations take them: links as rows, days as dates."""
    models: dict[str, Any] = {"company": Company, "owner": Member, "team": Team, "source": Source, "parent": Company}
    found = {}
    for name, value in facts.items():
        if name in models:
            found[name] = models[name]._default_manager.filter(pk=value).first() if value else None
        elif name.endswith("_on") and value:
            found[name] = date.fromisoformat(value)
        else:
            found[name] = value
    return found
