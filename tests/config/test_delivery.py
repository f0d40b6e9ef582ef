"""How answers travel: compressed, stamped, without secrets one could guess by their length."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.templatetags.static import static
from django.test import Client

from config import delivery
from piste.activities.models import Attachment
from tests import make
from tests.cast import Cast

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@pytest.mark.django_db
def test_pages_are_compressed_and_say_so(cast: Cast) -> None:
    answer = Client(headers={"Accept-Encoding": "gzip"}).get("/account/login/")
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert "Piste" in gzip.decompress(answer.content).decode()
    plain = Client().get("/account/login/")
    assert "Content-Encoding" not in plain.headers
    assert len(answer.content) < len(plain.content) / 2


@pytest.mark.django_db
def test_the_token_of_a_form_is_another_in_each_answer(cast: Cast) -> None:
    """So that the length of a compressed page tells nothing of it; the length itself varies too."""
    client = Client(headers={"Accept-Encoding": "gzip"})
    answers = [client.get("/account/login/").content for _ in range(12)]
    tokens = {found[1] for answer in answers if (found := TOKEN.search(gzip.decompress(answer).decode()))}
    assert len(tokens) == 12
    assert len({len(answer) for answer in answers}) > 1


@pytest.mark.django_db
def test_files_go_out_as_they_are(cast: Cast, settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    deal = make.deal(make.stages(make.pipeline())[0], cast.rosa)
    client = Client(headers={"Accept-Encoding": "gzip"})
    client.force_login(cast.rosa)
    client.post(f"/deals/{deal.pk}/files/", {"file": SimpleUploadedFile("page.html", b"<script>alert(1)</script>" * 40)})
    answer = client.get(f"/deals/{deal.pk}/files/{Attachment.objects.get().pk}/")
    assert "Content-Encoding" not in answer.headers
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="page.html"'
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_browser_files_carry_the_stamp_of_the_build(settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    built = tmp_path / "built"
    built.write_text("0123456789abcdef\n")
    monkeypatch.setattr(delivery, "BUILT", built)
    settings.DEBUG = True
    assert static("piste/app.css") == "/static/piste/app.css?v=01234567"
    built.write_text("fedcba9876543210\n")
    assert delivery.stamp() == "fedcba98"
    built.unlink()
    assert delivery.stamp() == "none"
    settings.DEBUG = False
    delivery._kept.cache_clear()
    built.write_text("0123456789abcdef\n")
    assert delivery.stamp() == "01234567"
    built.write_text("fedcba9876543210\n")
    assert delivery.stamp() == "01234567"
    delivery._kept.cache_clear()
