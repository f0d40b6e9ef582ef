"""All pages; each screen brings its own addresses (nouns, with a trailing slash)."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("piste.web.board.urls")),
    path("", include("piste.web.moves.urls")),
    path("", include("piste.web.listing.urls")),
    path("", include("piste.web.bin.urls")),
    path("", include("piste.web.bulk.urls")),
    path("", include("piste.web.saved.urls")),
    path("", include("piste.web.deal.urls")),
    path("", include("piste.web.steps.urls")),
    path("", include("piste.web.today.urls")),
    path("", include("piste.web.playbook.urls")),
    path("", include("piste.web.account.urls")),
    path("", include("piste.web.start.urls")),
    path("", include("piste.web.people.urls")),
    path("", include("piste.web.search.urls")),
    path("", include("piste.web.keyboard.urls")),
    path("", include("piste.web.installed.urls")),
    path("", include("piste.web.styleguide.urls")),
    path("", include("piste.web.importing.urls")),
    path("insights/", include("piste.web.insights.urls")),
    path("dashboards/", include("piste.web.dashboards.urls")),
    path("forecast/", include("piste.web.forecast.urls")),
    path("dashboards/", include("piste.web.letters.urls")),
    path("process/<int:key>/automations/", include("piste.web.automations.urls")),
    path("process/", include("piste.web.process.urls")),
    path("process/", include("piste.web.retests.urls")),
    path("process/", include("piste.web.audits.urls")),
    path("process/", include("piste.web.training.urls")),
    path("process/", include("piste.web.experiments.urls")),
    path("settings/", include("piste.web.settings.urls")),
]
