"""Tables of the company room, one file per subject."""

from .fields import CustomField, FieldKind, FieldSubject
from .members import Invitation, Member, MemberSet, Role, Sees, SignInLink, Team
from .settings import Settings

__all__ = [
    "CustomField",
    "FieldKind",
    "FieldSubject",
    "Invitation",
    "Member",
    "MemberSet",
    "Role",
    "Sees",
    "Settings",
    "SignInLink",
    "Team",
]
