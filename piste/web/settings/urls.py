"""Addresses of the settings."""

from django.urls import path

from . import company, lists, members, profile

urlpatterns = [
    path("", profile.overview, name="settings"),
    path("profile/", profile.profile, name="profile"),
    path("company/", company.company, name="company_settings"),
    path("company/demo/", company.remove_demo, name="remove_demo"),
    path("journal/", company.audit, name="audit"),
    path("members/", members.members, name="members"),
    path("members/invite/", members.invite, name="invite"),
    path("members/<int:key>/", members.member, name="member"),
    path("members/<int:key>/leaving/", members.leaving, name="member_leaving"),
    path("members/<int:key>/return/", members.come_back, name="member_return"),
    path("invitations/<int:key>/revoke/", members.revoke, name="invitation_revoke"),
    path("teams/", members.teams, name="teams"),
    path("teams/<int:key>/", members.team, name="team"),
    path("sources/", lists.sources, name="sources"),
    path("loss-reasons/", lists.loss_reasons, name="loss_reasons"),
    path("products/", lists.products, name="products"),
    path("fields/", lists.custom_fields, name="custom_fields"),
    path("<slug:what>/<int:key>/retire/", lists.retire, name="retire_item"),
    path("<slug:what>/<int:key>/move/", lists.move_item, name="move_item"),
]
