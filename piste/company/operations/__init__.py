"""Verbs of the company room."""

from .entering import accept, invite, issue_sign_in_link, revoke, use_sign_in_link
from .errors import AlreadySetUp, EmailTaken, LastAdmin, LinkSpent, NameTaken, TeamInUse
from .fields import ChoicesMissing, add_field, amend_field, place_field, restore_field, retire_field
from .members import (
    amend_member,
    deactivate,
    end_sessions,
    forget_second_factor,
    join,
    note,
    reactivate,
    set_password,
)
from .settings import amend_settings, set_up
from .teams import name_team, remove_team

__all__ = [
    "AlreadySetUp",
    "ChoicesMissing",
    "EmailTaken",
    "LastAdmin",
    "LinkSpent",
    "NameTaken",
    "TeamInUse",
    "accept",
    "add_field",
    "amend_field",
    "amend_member",
    "amend_settings",
    "deactivate",
    "end_sessions",
    "forget_second_factor",
    "invite",
    "issue_sign_in_link",
    "join",
    "name_team",
    "note",
    "place_field",
    "reactivate",
    "remove_team",
    "restore_field",
    "retire_field",
    "revoke",
    "set_password",
    "set_up",
    "use_sign_in_link",
]
