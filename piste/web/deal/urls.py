"""Addresses of deals."""

from django.urls import path

from . import papers, views

urlpatterns = [
    path("deals/new/", views.new, name="new_deal"),
    path("deals/bin/", views.bin_, name="bin"),
    path("deals/alike/companies/", views.companies_alike, name="companies_alike"),
    path("deals/<int:key>/", views.deal, name="deal"),
    path("deals/<int:key>/live/", views.live, name="deal_live"),
    path("deals/<int:key>/history/", views.history, name="deal_history"),
    path("deals/<int:key>/facts/<str:name>/", views.fact, name="deal_fact"),
    path("deals/<int:key>/contacts/<int:contact>/", views.contact_away, name="deal_contact"),
    path("deals/<int:key>/discard/", views.discard, name="deal_discard"),
    path("deals/<int:key>/restore/", views.restore, name="deal_restore"),
    path("deals/<int:key>/notes/", papers.write, name="deal_notes"),
    path("deals/<int:key>/notes/<int:note>/", papers.rewrite, name="deal_note"),
    path("deals/<int:key>/files/", papers.attach, name="deal_files"),
    path("deals/<int:key>/files/<int:file>/", papers.download, name="deal_file"),
    path("deals/<int:key>/files/<int:file>/away/", papers.detach, name="deal_file_away"),
    path("notifications/", papers.notifications, name="notifications"),
]
