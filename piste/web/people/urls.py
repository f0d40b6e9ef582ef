"""Addresses of companies and contacts."""

from django.urls import path

from . import export, merging, taking_back, views

urlpatterns = [
    path("companies/", views.companies, name="companies"),
    path("companies/export.<slug:kind>", export.companies, name="companies_export"),
    path("companies/new/", views.new_company, name="new_company"),
    path("companies/<int:key>/", views.company, name="company"),
    path("companies/<int:key>/edit/", views.edit_company, name="edit_company"),
    path("companies/<int:key>/discard/", taking_back.discard, {"kind": "company"}, name="discard_company"),
    path("companies/<int:key>/restore/", taking_back.restore, {"kind": "company"}, name="restore_company"),
    path("companies/<int:key>/edits/<int:entry>/undo/", taking_back.undo_edit, {"kind": "company"}, name="company_edit_undo"),
    path("contacts/", views.contacts, name="contacts"),
    path("contacts/export.<slug:kind>", export.contacts, name="contacts_export"),
    path("contacts/new/", views.new_contact, name="new_contact"),
    path("contacts/<int:key>/", views.contact, name="contact"),
    path("contacts/<int:key>/edit/", views.edit_contact, name="edit_contact"),
    path("contacts/<int:key>/consent/", views.consent, name="contact_consent"),
    path("contacts/<int:key>/discard/", taking_back.discard, {"kind": "contact"}, name="discard_contact"),
    path("contacts/<int:key>/restore/", taking_back.restore, {"kind": "contact"}, name="restore_contact"),
    path("contacts/<int:key>/edits/<int:entry>/undo/", taking_back.undo_edit, {"kind": "contact"}, name="contact_edit_undo"),
    path("alike/<slug:kind>/", views.alike, name="alike"),
    path("doubles/", merging.doubles, name="doubles"),
    path("doubles/<slug:kind>/<int:kept>/<int:folded>/", merging.fold, name="fold"),
    path("merges/<int:key>/", merging.merged, name="merged"),
    path("merges/<int:key>/undo/", merging.undo_merge, name="undo_merge"),
]
