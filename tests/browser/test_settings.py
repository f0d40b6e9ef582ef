"""An admin's and a member's settings in a real browser: people come and go, keys are added, everything is written down."""

from __future__ import annotations

import base64
import hmac
import re
import struct
import time
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.cast import PASSWORD

from .pipeline import box_of

pytestmark = pytest.mark.browser

SCENE = """
pipeline = make.pipeline(f"Sales {Pipeline.objects.count()}")
remi = Member.objects.get(email="remi@piste.example")
deals = [make.deal(make.stages(pipeline)[1], remi, title=f"Deal of Remi {n}") for n in range(2)]
result = {"pipeline": pipeline.pk, "deals": [deal.pk for deal in deals], "remi": remi.pk}
"""


@pytest.fixture(scope="module")
def made(site: Any) -> dict[str, Any]:
    """A pipeline with two deals of Remi's."""
    found: dict[str, Any] = site.do(SCENE)
    return found


def code(secret: str) -> str:
    """What an app for codes shows (RFC 6238), with time enough left to type it."""
    left = 30 - time.time() % 30
    if left < 10:
        time.sleep(left)
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(time.time()) // 30), "sha1")
    place = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[place : place + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def say_password(page: Page) -> None:
    """The password once more, before the keys of an account are touched."""
    expect(page.locator("h1")).to_have_text("Is it you?")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()


def test_a_colleague_is_invited_by_link_joins_and_signs_in_again(site, look, made):
    admin = look("alice", "/settings/members/")
    admin.get_by_role("link", name="Invite").click()
    admin.get_by_label("E-mail").fill("nina@piste.example")
    admin.get_by_label("Team").select_option(label="North")
    admin.get_by_role("button", name="Invite").click()
    expect(admin.locator("h1")).to_have_text("nina@piste.example is invited")
    link = admin.get_by_label("Invitation link").input_value()
    hers = look("", link.removeprefix(site.address))
    expect(hers.locator("h1")).to_have_text("Alice Admin invites you to Nordvik")
    hers.get_by_label("Your name").fill("Nina New")
    hers.get_by_label("Password").fill("1234")
    hers.get_by_role("button", name="Join Nordvik").click()
    expect(hers.locator(".field__error")).to_be_visible()
    hers.get_by_label("Password").fill("snow on the northern slope")
    hers.get_by_role("button", name="Join Nordvik").click()
    hers.wait_for_url(re.compile(r"/pipelines/\d+/"))
    hers.goto(f"{site.address}/settings/profile/")
    with hers.expect_navigation():
        hers.get_by_role("button", name="Sign out").click()
    hers.goto(f"{site.address}/account/login/")
    sign_in(hers, "nina@piste.example", "snow on the northern slope")
    hers.wait_for_url(re.compile(r"/pipelines/\d+/"))
    hers.goto(link)
    expect(hers.locator(".public__form")).to_be_visible()
    expect(hers.get_by_label("Your name")).to_have_count(0)
    admin.get_by_role("link", name="Done").click()
    expect(admin.locator(".members")).to_contain_text("Nina New")


def test_who_leaves_is_asked_who_takes_their_deals(site, look, made):
    theirs = look("remi", "/companies/")
    page = look("alice", f"/settings/members/{made['remi']}/")
    page.get_by_role("link", name="Deactivate").click()
    expect(page.locator("main")).to_contain_text("2 deals need another owner")
    page.get_by_label("Who takes their deals?").select_option(label="Rosa Rep")
    with page.expect_navigation():
        page.get_by_role("button", name="Deactivate").click()
    page.goto(f"{site.address}/settings/members/")
    expect(page.get_by_role("row", name="Remi Rep").get_by_role("button")).to_have_text("Let in again")
    script = "result = sorted(Deal.objects.filter(pk__in=keys).values_list('owner__name', flat=True))"
    assert site.do(script, keys=made["deals"]) == ["Rosa Rep", "Rosa Rep"]
    theirs.reload()
    expect(theirs.locator("h1")).to_have_text("Sign in")
    sign_in(theirs, "remi@piste.example")
    expect(theirs.locator(".topbar")).to_have_count(0)
    page.get_by_role("row", name="Remi Rep").get_by_role("button", name="Let in again").click()
    expect(page.locator(".members")).to_contain_text("Remi Rep")


def test_teams_are_added_renamed_and_removed(look, made):
    page = look("alice", "/settings/teams/")
    page.get_by_label("Name").fill("East")
    page.get_by_role("button", name="Add").click()
    row = page.get_by_role("row", name="East")
    expect(row).to_contain_text("0 members")
    row.get_by_role("link", name="Rename").click()
    page.get_by_label("Name").fill("Orient")
    page.get_by_role("button", name="Rename").click()
    page.get_by_role("row", name="Orient").get_by_role("button", name="Remove").click()
    expect(page.get_by_role("row", name="Orient")).to_have_count(0)


def test_a_fact_of_our_own_is_added_and_used_on_a_deal(site, look, made):
    page = look("marc", "/settings/fields/")
    page.get_by_label("Name").fill("Hosting")
    page.get_by_label("On", exact=True).select_option("deal")
    page.get_by_label("Kind").select_option("choice")
    page.get_by_label("Choices").fill("Here\nThere")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("row", name="Hosting")).to_contain_text("Here, There")
    page.goto(f"{site.address}/deals/{made['deals'][0]}/")
    fact = page.locator("#fact-custom-hosting")
    fact.locator("a").first.click()
    fact.locator("select").select_option("There")
    fact.get_by_role("button", name="Save").click()
    expect(fact.locator("a").first).to_have_text("There")
    assert site.do("result = Deal.objects.get(pk=key).custom", key=made["deals"][0]) == {"hosting": "There"}


def test_the_order_of_a_list_is_changed_by_hand_and_by_keys(site, look, made):
    site.do("[LossReason.objects.create(name=name, position=n) for n, name in enumerate(('One', 'Two', 'Three'))]; result = None")
    page = look("marc", "/settings/loss-reasons/")
    names = page.locator("#rows tbody th")
    expect(names).to_have_text(["One", "Two", "Three"])
    page.get_by_role("button", name="Three: up").click()
    expect(names).to_have_text(["One", "Three", "Two"])
    grip = box_of(page.locator("#rows tbody tr").nth(0).locator("[data-order-handle]"))
    goal = box_of(page.locator("#rows tbody tr").nth(2))
    # In steps as a hand would: a jump may be over before the list has taken the row up.
    page.mouse.move(grip["x"] + 6, grip["y"] + 6)
    page.mouse.down()
    page.mouse.move(grip["x"] + 6, grip["y"] + 18, steps=4)
    page.mouse.move(grip["x"] + 6, goal["y"] + goal["height"] - 6, steps=12)
    page.wait_for_timeout(250)
    # The rows stand in their new order while they are still held: what counts is the server's answer.
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.mouse.up()
    expect(names).to_have_text(["Three", "Two", "One"])
    page.reload()
    expect(names).to_have_text(["Three", "Two", "One"])


def test_the_audit_log_says_who_did_what(look, made):
    page = look("alice", "/settings/sources/")
    page.get_by_label("Name").fill("Trade fair")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("row", name="Trade fair")).to_be_visible()
    page.get_by_role("link", name="Audit log").click()
    expect(page.locator(".audit tbody tr").first).to_contain_text("Alice Admin")
    expect(page.locator(".audit tbody tr").first).to_contain_text("Trade fair")
    page.get_by_label("Person").select_option(label="Rosa Rep")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator("main")).not_to_contain_text("Trade fair")


def test_a_second_factor_is_turned_on_and_asked_for(site, look, made):
    page = look("", "/account/login/")
    sign_in(page, "marc@piste.example")
    expect(page.locator(".topbar")).to_be_visible()
    page.goto(f"{site.address}/account/2fa/")
    page.locator(".panel", has_text="Second factor").get_by_role("link", name="Turn it on").click()
    say_password(page)
    secret = page.locator("#secret").input_value()
    page.get_by_label("Code shown by the app").fill("000000")
    page.get_by_role("button", name="Turn it on").click()
    expect(page.locator(".field__error")).to_contain_text("This code is not right")
    assert page.locator("#secret").input_value() == secret
    page.get_by_label("Code shown by the app").fill(code(secret))
    page.get_by_role("button", name="Turn it on").click()
    expect(page.locator(".keys__codes li")).to_have_count(10)
    spare = page.locator(".keys__codes li").first.inner_text()
    other = look("", "/account/login/")
    sign_in(other, "marc@piste.example")
    expect(other.locator("h1")).to_have_text("One more step")
    other.get_by_label("Code of your app").fill("000000")
    other.keyboard.press("Enter")
    expect(other.locator(".is-invalid .field__error")).to_contain_text("This code is not right")
    other.get_by_label("Code of your app").fill(code(secret))
    other.keyboard.press("Enter")
    expect(other.locator(".topbar")).to_be_visible()
    third = look("", "/account/login/")
    sign_in(third, "marc@piste.example")
    third.get_by_label("Code of your app").fill(spare)
    third.keyboard.press("Enter")
    expect(third.locator(".topbar")).to_be_visible()
    # An admin takes it away from who lost their phone; the password alone then does.
    marc = site.do("result = Member.objects.get(email='marc@piste.example').pk")
    admin = look("alice", f"/settings/members/{marc}/")
    admin.get_by_role("button", name="Take the second factor away").click()
    expect(admin.locator(".toast")).to_be_visible()
    fourth = look("", "/account/login/")
    sign_in(fourth, "marc@piste.example")
    expect(fourth.locator(".topbar")).to_be_visible()


def test_signing_out_everywhere_else_ends_the_other_browsers(look, made):
    here, there = look("", "/account/login/"), look("", "/account/login/")
    for page in (there, here):
        sign_in(page, "rosa@piste.example")
        expect(page.locator(".topbar")).to_be_visible()
    here.goto(here.url.split("/pipelines")[0] + "/account/sessions/")
    expect(here.locator("tbody tr").first).to_contain_text("this one")
    here.get_by_role("button", name="Sign out everywhere else").click()
    expect(here.locator(".toast")).to_contain_text("signed out everywhere else")
    there.reload()
    expect(there.locator("h1")).to_have_text("Sign in")
    here.reload()
    expect(here.locator("tbody tr")).to_have_count(1)


def test_a_passkey_is_added_and_opens_the_account_alone(site, look, made):
    # A passkey belongs to a name: browsers take none for a bare number.
    home = site.address.replace("127.0.0.1", "localhost")
    page = look("", "/account/login/")
    page.goto(f"{home}/account/login/")
    keys = page.context.new_cdp_session(page)
    keys.send("WebAuthn.enable")
    kind = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    wishes = kind | {"isUserVerified": True, "automaticPresenceSimulation": True}
    keys.send("WebAuthn.addVirtualAuthenticator", {"options": wishes})
    sign_in(page, "rosa@piste.example")
    expect(page.locator(".topbar")).to_be_visible()
    page.goto(f"{home}/account/2fa/passkeys/add/")
    say_password(page)
    page.get_by_label("Name of the passkey").fill("My laptop")
    page.get_by_role("button", name="Add it").click()
    expect(page.locator("main")).to_contain_text(re.compile("My laptop|Recovery codes"))
    page.goto(f"{home}/account/2fa/passkeys/")
    expect(page.get_by_role("row", name="My laptop")).to_contain_text("never")
    page.goto(f"{home}/settings/profile/")
    with page.expect_navigation():
        page.get_by_role("button", name="Sign out").click()
    page.goto(f"{home}/account/login/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.locator(".topbar")).to_be_visible()
    page.goto(f"{home}/account/2fa/passkeys/")
    expect(page.get_by_role("row", name="My laptop")).to_contain_text("today")
    # Whoever signs in with a password is offered the passkey they have as second factor.
    page.goto(f"{home}/settings/profile/")
    with page.expect_navigation():
        page.get_by_role("button", name="Sign out").click()
    page.goto(f"{home}/account/login/")
    sign_in(page, "rosa@piste.example")
    page.wait_for_url(re.compile("/account/2fa/authenticate/"))
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.locator(".topbar")).to_be_visible()
