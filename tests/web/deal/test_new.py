"""A new deal: nothing half written, nothing typed lost."""

from __future__ import annotations

from datetime import date

import pytest

from piste.catalogue.operations import add_product
from piste.company.models import CustomField
from piste.deals.models import Deal, DealContact, DealProduct, Source
from piste.people.models import Company, Contact
from piste.people.operations import create_company, create_contact
from piste.pipelines.models import Requirement
from tests.cast import NOW

from .conftest import HTMX


@pytest.fixture
def filled(cast, stages) -> dict:
    source = Source.objects.create(name="Fair")
    return {
        "company": "Alba", "title": "Planning",
        "contact": "Anna Berg", "email": "anna@berg.example", "phone": "+33 1 99 00 12 34",
        "amount": "12,500.50", "currency": "EUR", "expected_close_on": "2027-01-04", "stage": stages[1].pk, "owner": cast.rosa.pk,
        "source": source.pk, "tags": "VIP, north",
    }  # fmt: skip


def test_company_contact_and_deal_are_created_together(cast, stages, filled, sign_in):
    answer = sign_in(cast.rosa).post("/deals/new/", filled, headers=HTMX)
    deal = Deal.objects.get()
    assert answer.headers["HX-Redirect"] == f"/deals/{deal.pk}/"
    assert (deal.title, deal.amount_minor, deal.expected_close_on) == ("Planning", 1_250_050, date(2027, 1, 4))
    assert (deal.stage, deal.owner, deal.source.name) == (stages[1], cast.rosa, "Fair")
    assert deal.company.name == "Alba"
    assert sorted(deal.tags.values_list("name", flat=True)) == ["VIP", "north"]
    contact = DealContact.objects.get().contact
    assert (contact.name, contact.email, contact.company) == ("Anna Berg", "anna@berg.example", deal.company)


def test_a_company_alone_is_enough(cast, stages, sign_in):
    values = {"company": "Alba", "currency": "EUR", "stage": stages[0].pk, "owner": cast.rosa.pk}
    assert sign_in(cast.rosa).post("/deals/new/", values).url == f"/deals/{Deal.objects.get().pk}/"
    assert Deal.objects.get().title == "Alba"


def test_who_is_known_is_taken_and_completed(cast, filled, sign_in):
    alba = create_company(name="Alba", by=cast.remi, at=NOW)
    anna = create_contact(name="Anna Berg", by=cast.remi, at=NOW)
    sign_in(cast.rosa).post("/deals/new/", filled | {"contact_id": anna.pk, "company_id": alba.pk})
    anna.refresh_from_db()
    assert anna.email == "anna@berg.example"
    assert Deal.objects.get().company == alba
    assert Contact.objects.count() == Company.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"company": "", "title": ""}, "Say at least a company"),
        ({"amount": "a lot"}, "This is not an amount"),
        ({"amount": "1.005"}, "2 decimals at most"),
        ({"email": "anna"}, "valid email"),
        ({"expected_close_on": "soon"}, "This is not a day"),
        ({"stage": "99999"}, "not one of the available choices"),
        ({"stage": "x"}, "not one of the available choices"),
        ({"owner": "{lea}"}, "not one of the available choices"),
        ({"contact": "", "email": ""}, "Whose number is this?"),
        ({"tags": "x" * 61}, "at most 60 characters"),
        ({"company": "x" * 201}, "at most 200 characters"),
        ({"title": "nul\x00"}, "Null characters"),
    ],
)
def test_what_is_wrong_is_said_and_everything_typed_stays(cast, filled, sign_in, wrong, said):
    wrong = {name: value.replace("{lea}", str(cast.lea.pk)) for name, value in wrong.items()}
    for headers in ({}, HTMX):
        answer = sign_in(cast.rosa).post("/deals/new/", filled | wrong, headers=headers)
        assert answer.status_code == 422
        text = answer.content.decode()
        assert said in text
        assert 'value="2027-01-04"' in text or "expected_close_on" in wrong
        assert 'value="Planning"' in text or "title" in wrong
    assert not Deal.objects.exists()
    assert not Company.objects.exists()
    assert not Contact.objects.exists()


def test_what_the_stage_requires_is_asked_with_it(cast, stages, filled, sign_in):
    CustomField.objects.create(subject="deal", key="hosting", label="Hosting", kind="choice", options=["Here", "There"])
    product = add_product(name="Planning", by=cast.alice, at=NOW, price_minor=4950)
    for fact in ("custom:hosting", "decision_maker", "product", "expected_close_on"):
        Requirement.objects.create(stage=stages[1], fact=fact, to_enter=True)
    client = sign_in(cast.rosa)
    asked = client.get(f"/deals/new/?stage={stages[1].pk}", headers=HTMX).content.decode()
    assert "Hosting" in asked
    assert 'value="decides" selected' in asked
    assert "Hosting" not in client.get(f"/deals/new/?stage={stages[0].pk}", headers=HTMX).content.decode()
    refused = client.post(
        "/deals/new/", filled | {"contact": "", "email": "", "phone": "", "expected_close_on": ""}, headers=HTMX
    )
    assert refused.status_code == 422
    assert refused.content.decode().count("This stage needs to know it.") == 3
    other = client.post("/deals/new/", filled | {"role": "uses", "custom_hosting": "Here", "product": product.pk}, headers=HTMX)
    assert "This stage needs to know: decision maker." in other.content.decode()
    assert not Company.objects.exists()
    client.post("/deals/new/", filled | {"role": "signs", "custom_hosting": "Here", "product": product.pk})
    deal = Deal.objects.get()
    assert deal.custom == {"hosting": "Here"}
    assert DealProduct.objects.get().price_minor == 4950


def test_another_stage_asks_again_without_complaint_and_keeps_what_was_typed(cast, stages, filled, sign_in):
    CustomField.objects.create(subject="deal", key="hosting", label="Hosting", kind="text")
    Requirement.objects.create(stage=stages[1], fact="custom:hosting", to_enter=True)
    answer = sign_in(cast.rosa).post("/deals/new/", filled | {"ask_again": "1", "amount": "12"}, headers=HTMX)
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "Hosting" in text
    assert 'value="Alba"' in text
    assert 'value="12"' in text
    assert "field__error" not in text
    assert not Deal.objects.exists()


def test_the_address_fills_in_who_it_is_about(cast, stages, sign_in):
    alba = create_company(name="Alba", by=cast.rosa, at=NOW)
    anna = create_contact(name="Anna Berg", by=cast.rosa, at=NOW, company=alba)
    hidden = create_company(name="Hidden", by=cast.olga, at=NOW)
    client = sign_in(cast.rosa)
    text = client.get(f"/deals/new/?contact={anna.pk}").content.decode()
    assert 'value="Anna Berg"' in text
    assert 'value="Alba"' in text
    assert "Hidden" not in client.get(f"/deals/new/?company={hidden.pk}").content.decode()
    assert client.get("/deals/new/?stage=x&company=99999999999999999999&contact=-1").status_code == 200


def test_a_deal_given_to_somebody_else_leads_to_the_board(cast, stages, filled, sign_in):
    answer = sign_in(cast.olga).post("/deals/new/", filled | {"owner": cast.rosa.pk})
    assert answer.url == f"/pipelines/{stages[0].pipeline_id}/"
