"""Addresses of the settings."""

from __future__ import annotations

from django.urls import path

from . import auditing, company, hours, inviting, lists, members, overview, profile, teams

urlpatterns = [
    path("", overview.overview, name="settings"),
    path("profile/", profile.profile, name="profile"),
    path("company/", company.company, name="company_settings"),
    path("profile/hours/", hours.own_hours, name="own_hours"),
    path("company/hours/", hours.company_hours, name="company_hours"),
    path("company/demo/", company.remove_demo, name="remove_demo"),
    path("journal/", auditing.audit, name="audit_log"),
    path("members/", members.members, name="members"),
    path("members/invite/", inviting.invite, name="invite"),
    path("members/<int:key>/", members.member, name="member"),
    path("members/<int:key>/leaving/", members.leaving, name="member_leaving"),
    path("members/<int:key>/return/", members.come_back, name="member_return"),
    path("members/<int:key>/sessions/", members.sign_out, name="member_sign_out"),
    path("members/<int:key>/second-factor/", members.second_factor, name="member_second_factor"),
    path("invitations/<int:key>/renew/", inviting.renew, name="invitation_renew"),
    path("invitations/<int:key>/revoke/", inviting.revoke, name="invitation_revoke"),
    path("teams/", teams.teams, name="teams"),
    path("teams/<int:key>/", teams.team, name="team"),
    path("teams/<int:key>/removal/", teams.remove, name="team_removal"),
    path("sources/", lists.page("sources"), name="sources"),
    path("loss-reasons/", lists.page("loss_reasons"), name="loss_reasons"),
    path("tags/", lists.page("tags"), name="tags"),
    path("products/", lists.page("products"), name="products"),
    path("fields/", lists.page("custom_fields"), name="custom_fields"),
    path("lists/<slug:what>/<int:key>/", lists.item, name="list_item"),
    path("lists/<slug:what>/<int:key>/retire/", lists.retire, name="list_retire"),
    path("lists/<slug:what>/<int:key>/restore/", lists.restore, name="list_restore"),
    path("lists/<slug:what>/<int:key>/place/", lists.place, name="list_place"),
]
