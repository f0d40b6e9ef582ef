"""Addresses of ideas and split tests, under those of a pipeline's process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path

from piste.web.later import Later

if TYPE_CHECKING:
    from . import acting, designing, ideas, varying, views
else:
    acting, designing, ideas, varying, views = (
        Later(f"{__package__}.{name}") for name in ("acting", "designing", "ideas", "varying", "views")
    )

urlpatterns = [
    path("<int:key>/tests/", views.tests, name="tests"),
    path("<int:key>/tests/new/", designing.new, name="test_new"),
    path("<int:key>/tests/size/", designing.size, name="test_size"),
    path("<int:key>/tests/<int:number>/", views.test, name="test"),
    path("<int:key>/tests/<int:number>/design/", designing.edit, name="test_design"),
    path("<int:key>/tests/<int:number>/variants/<int:place>/", varying.variant, name="test_variant"),
    path("<int:key>/tests/<int:number>/act/", acting.act, name="test_act"),
    path("<int:key>/tests/<int:number>/decide/", acting.decide, name="test_decide"),
    path("<int:key>/tests/<int:number>/rollout/", acting.roll_out, name="test_rollout"),
    path("<int:key>/ideas/new/", ideas.new, name="idea_new"),
    path("<int:key>/ideas/<int:idea>/", ideas.idea, name="idea"),
    path("<int:key>/ideas/<int:idea>/vote/", ideas.vote, name="idea_vote"),
    path("<int:key>/ideas/<int:idea>/drop/", ideas.drop, name="idea_drop"),
]
