"""Addresses for coming in."""

from django.urls import path

from . import views

urlpatterns = [
    path("enter/<str:token>/", views.enter, name="enter"),
    path("join/<str:token>/", views.join, name="join"),
    path("language/", views.language, name="language"),
]
