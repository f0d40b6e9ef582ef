"""The only way out: a message posted to an address somebody typed in, to the public Internet alone.

Words: an *address* is what was typed; *resolved* is the number its name stands for at that moment; the *gate* says which
numbers may be called.

Always true here: every number that a name resolves to is held against the gate, and the call goes to that very number, so that
a name cannot become another between the look and the call; nothing is followed elsewhere; an answer is read up to a size and
within a time."""

from .client import Answer, Failed, may_be_called, post
from .rules import is_public

__all__ = ["Answer", "Failed", "is_public", "may_be_called", "post"]
