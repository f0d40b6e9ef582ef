"""A figure on the page: chart or table by hand, by key and without script; its picture; its words beside one another."""

from __future__ import annotations

import base64
import struct
from pathlib import Path

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 390, "height": 844}}
#: The words of a drawing that lie on others of it.
OVERLAPS = """() => [...document.querySelectorAll("[data-drawing]")].flatMap((drawing) => {
    const words = [...drawing.querySelectorAll("svg text, .glass__labels > li > *, .olive__note")]
        .map((part) => [part.textContent.trim(), part.getBoundingClientRect()])
        .filter(([said, box]) => said && box.width);
    return words.flatMap(([said, a], place) => words.slice(place + 1)
        .filter(([, b]) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 2 && b.top < a.bottom - 2)
        .map(([other]) => `${said} / ${other}`));
})"""
#: How many colours a picture holds, and whether one of them is the one asked for.
COLOURS = """async ([data, wanted]) => {
    const image = new Image();
    image.src = `data:image/png;base64,${data}`;
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
    const pen = canvas.getContext("2d");
    pen.fillStyle = wanted;
    pen.fillRect(0, 0, 1, 1);
    const asked = pen.getImageData(0, 0, 1, 1).data.join();
    pen.drawImage(image, 0, 0);
    const dots = pen.getImageData(0, 0, image.width, image.height).data;
    const found = new Map();
    for (let i = 0; i < dots.length; i += 4) {
        const colour = dots.slice(i, i + 4).join();
        found.set(colour, (found.get(colour) ?? 0) + 1);
    }
    return [found.size, found.get(asked) ?? 0];
}"""


def test_a_chart_becomes_a_table_and_the_address_follows(look):
    page = look("alice", "/styleguide/?theme=light")
    figure = page.locator("#won")
    chart, table = figure.locator(".bars"), figure.locator("table")
    expect(chart).to_be_visible()
    expect(table).to_be_hidden()
    figure.get_by_role("link", name="Table").click()
    expect(table).to_be_visible()
    expect(chart).to_be_hidden()
    assert page.url.endswith("/styleguide/?theme=light&table=won#won")
    page.reload()
    expect(table).to_be_visible()
    figure.get_by_role("link", name="Chart").press("Enter")
    expect(chart).to_be_visible()
    assert page.url.endswith("/styleguide/?theme=light#won")


def test_without_script_the_switch_is_a_link(look):
    page = look("alice", "/styleguide/", java_script_enabled=False)
    figure = page.locator("#won")
    figure.get_by_role("link", name="Table").click()
    expect(figure.locator("table")).to_be_visible()
    expect(figure.locator(".bars")).to_be_hidden()
    expect(figure.get_by_role("row").last).to_contain_text("1,861")
    figure.locator("details").last.locator("summary").click()
    expect(figure.get_by_role("link", name="Figures (CSV)")).to_be_visible()
    expect(figure.locator("[data-plot-picture]")).to_be_hidden()


def test_how_it_is_counted_opens_by_key_and_closes_by_escape(look):
    page = look("alice", "/styleguide/")
    summary = page.locator("#glass details").first.locator("summary")
    summary.press("Enter")
    card = page.locator("#glass .plot__card")
    expect(card).to_contain_text("A skip reaches all it passes.")
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    expect(summary).to_be_focused()


def test_a_bar_that_leads_somewhere_shows_the_ring(look):
    page = look("alice", "/styleguide/")
    bar = page.locator(".bars svg a").first
    bar.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(bar).to_be_focused()
    assert bar.evaluate("one => getComputedStyle(one).outlineStyle") == "solid"


@pytest.mark.parametrize("shown", ["chart", "table"])
def test_the_picture_shows_the_chart_in_its_colours(look, tmp_path: Path, shown: str):
    page = look("alice", "/styleguide/" if shown == "chart" else "/styleguide/?table=won")
    figure = page.locator("#won")
    figure.locator("details").last.locator("summary").click()
    with page.expect_download() as got:
        figure.get_by_role("button", name="Picture (PNG)").click()
    assert got.value.suggested_filename == "piste-won.png"
    got.value.save_as(tmp_path / "won.png")
    data = (tmp_path / "won.png").read_bytes()
    assert data.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", data[16:24])
    assert width > 500
    assert height > 300
    fill = page.evaluate("getComputedStyle(document.querySelector('#won .bar:not(.bar--past, .bar--now)')).fill")
    colours, dots = page.evaluate(COLOURS, [base64.b64encode(data).decode(), fill])
    assert dots > 5_000, "the bars of this year"
    assert colours > 30, "words are drawn too"
    assert figure.locator(".bars").is_visible() == (shown == "chart")


#: How many dots of the foot of a picture, below a share of its height, are not of its ground.
WRITTEN = """async ([data, from]) => {
    const image = new Image();
    image.src = `data:image/png;base64,${data}`;
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
    const pen = canvas.getContext("2d");
    pen.drawImage(image, 0, 0);
    const ground = pen.getImageData(1, 1, 1, 1).data.join();
    const dots = pen.getImageData(0, from, image.width, image.height - from).data;
    let found = 0;
    for (let i = 0; i < dots.length; i += 4) if (dots.slice(i, i + 4).join() !== ground) found += 1;
    return found;
}"""


@pytest.mark.parametrize("wishes", [{}, PHONE], ids=["wide", "phone"])
def test_the_picture_bears_what_stands_under_the_chart(look, tmp_path: Path, wishes):
    """What stands under a chart, the unit and the years, goes with it: 626 alone is of nobody knows what."""
    page = look("alice", "/styleguide/", **wishes)
    figure = page.locator("#won")
    foot = figure.locator("[data-plot-foot]")
    expect(foot).to_contain_text("Last year in grey")

    def picture() -> tuple[int, bytes]:
        with page.expect_download() as got:
            figure.locator("[data-plot-picture]").evaluate("one => one.click()")
        got.value.save_as(tmp_path / "won.png")
        data = (tmp_path / "won.png").read_bytes()
        return struct.unpack(">II", data[16:24])[1], data

    told, data = picture()
    foot.evaluate("one => one.remove()")
    bare, _ = picture()
    assert told > bare + 30
    assert page.evaluate(WRITTEN, [base64.b64encode(data).decode(), bare - 40]) > 200


@pytest.mark.parametrize("wishes", [{}, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_word_lies_on_another(look, site, wishes, language):
    site.do("Member.objects.filter(email='alice@piste.example').update(language=language); result = None", language=language)
    try:
        page = look("alice", "/styleguide/", **wishes)
        page.evaluate("document.fonts.ready.then(() => null)")
        assert page.evaluate(OVERLAPS) == []
    finally:
        site.do("Member.objects.filter(email='alice@piste.example').update(language='en'); result = None")


def test_a_table_offers_no_picture(look):
    page = look("alice", "/styleguide/")
    flow = page.locator("#flow")
    flow.locator("details").last.locator("summary").click()
    expect(flow.get_by_role("link", name="Figures (CSV)")).to_be_visible()
    expect(flow.get_by_role("button", name="Picture (PNG)")).to_be_hidden()
    expect(flow.locator("tbody tr").nth(3)).to_contain_text("8 Meeting 12%")
    expect(flow.get_by_role("link", name="Table")).to_have_count(0)
