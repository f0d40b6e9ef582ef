"""Settings of the tests: the same house with a fast hasher and a data folder of its own."""

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("PISTE_DATA_DIR", tempfile.mkdtemp(prefix="piste-tests-"))
os.environ.setdefault("PISTE_SECRET_KEY", "tests only")

from .settings import *  # noqa: F403
from .settings import DATABASES

if DATABASES["default"]["ENGINE"] == "config.embedded":
    # As Django does by itself for the backend it knows; the workers of a test run would share a file otherwise.
    # Its tables are copied (`tests/conftest.py`): to go through all migrations takes longer than many tests.
    DATABASES["default"]["TEST"] = {"NAME": ":memory:", "MIGRATE": False}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
MAIL_GOES_OUT = True
