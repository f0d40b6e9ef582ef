"""Addresses of deals, of the notes and files of everything, and of notifications."""

from __future__ import annotations

from django.urls import path, register_converter

from . import calling, choosing, notifying, papers, starting, taking_back, views

register_converter(papers.SubjectKind, "about")

urlpatterns = [
    path("deals/new/", starting.new, name="new_deal"),
    path("deals/<int:key>/", views.deal, name="deal"),
    path("deals/<int:key>/live/", views.live, name="deal_live"),
    path("deals/<int:key>/history/", views.history, name="deal_history"),
    path("deals/<int:key>/facts/<str:name>/", views.fact, name="deal_fact"),
    path("deals/<int:key>/category/", calling.category, name="deal_category"),
    path("deals/<int:key>/products/", views.goods, name="deal_goods"),
    path("deals/<int:key>/products/sum/", views.goods_sum, name="deal_goods_sum"),
    path("deals/<int:key>/people/", views.people, name="deal_people"),
    path("deals/<int:key>/people/<int:contact>/", views.person, name="deal_person"),
    path("deals/<int:key>/edits/<int:entry>/undo/", taking_back.undo_edit, name="deal_edit_undo"),
    path("deals/<int:key>/discard/", views.discard, name="deal_discard"),
    path("deals/<int:key>/restore/", views.restore, name="deal_restore"),
    path("suggest/companies/", choosing.companies, name="suggest_companies"),
    path("suggest/contacts/", choosing.contacts, name="suggest_contacts"),
    path("<about:about>/<int:key>/notes/", papers.write, name="notes"),
    path("<about:about>/<int:key>/notes/<int:note>/", papers.rewrite, name="note"),
    path("<about:about>/<int:key>/notes/<int:note>/back/", papers.note_back, name="note_back"),
    path("<about:about>/<int:key>/notes/<int:note>/pin/", papers.pin, name="note_pin"),
    path("<about:about>/<int:key>/files/", papers.attach, name="files"),
    path("<about:about>/<int:key>/files/<int:file>/", papers.download, name="file"),
    path("<about:about>/<int:key>/files/<int:file>/away/", papers.detach, name="file_away"),
    path("<about:about>/<int:key>/files/<int:file>/back/", papers.file_back, name="file_back"),
    path("notifications/", notifying.notifications, name="notifications"),
    path("notifications/bell/", notifying.bell, name="bell"),
]
