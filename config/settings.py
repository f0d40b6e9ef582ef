"""Django's settings; what may be chosen comes from `env`."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils.csp import CSP

from . import env

HERE = Path(__file__).resolve().parent
PISTE = HERE.parent / "piste"
ENV = env.read()

DEBUG = ENV.debug
SECRET_KEY = ENV.secret_key
DATA_DIR = ENV.data_dir
PUBLIC_URL = ENV.url
LINKS_URL = ENV.links
PUBLIC_OVER_TLS = ENV.url.startswith("https://")
ALLOWED_HOSTS = env.hosts(ENV.url)
CSRF_TRUSTED_ORIGINS = [ENV.url] if ENV.url else []
DATABASES: dict[str, dict[str, Any]] = {"default": env.database(ENV.database_url, ENV.data_dir)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_ox",
    "piste.journal",
    "piste.company",
    "piste.finding",
    "piste.post",
    "piste.people",
    "piste.catalogue",
    "piste.pipelines",
    "piste.playbooks",
    "piste.deals",
    "piste.experiments",
    "piste.activities",
    "piste.qualification",
    "piste.digests",
    "piste.forecasting",
    "piste.dashboards",
    "piste.automations",
    "piste.audits",
    "piste.training",
    "piste.upkeep",
    "piste.exchange",
    "piste.web",
    "piste.reactions.Reactions",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "config.delivery.Compression",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "piste.web.member.MemberMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PISTE / "web"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["django.templatetags.i18n", "piste.web.templatetags.piste"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "piste.web.context.frame",
            ],
        },
    }
]

AUTH_USER_MODEL = "company.Member"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {"user_attributes": ("email", "name")}),
        ("MinimumLengthValidator", {"min_length": 10}),
        ("CommonPasswordValidator", {}),
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "piste.web.account.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "piste.web.account.forms.SignInForm",
    "reauthenticate": "piste.web.account.forms.ConfirmForm",
    "change_password": "piste.web.account.forms.ChangePasswordForm",
    "set_password": "piste.web.account.forms.SetPasswordForm",
    "reset_password": "piste.web.account.forms.ForgottenForm",
    "reset_password_from_key": "piste.web.account.forms.NewPasswordForm",
}
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if PUBLIC_OVER_TLS else 0
MFA_ADAPTER = "piste.web.account.adapter.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "piste.web.account.second_factor.CodeForm",
    "reauthenticate": "piste.web.account.second_factor.ConfirmCodeForm",
    "activate_totp": "piste.web.account.second_factor.ActivateForm",
    "add_webauthn": "piste.web.account.second_factor.PasskeyForm",
    "edit_webauthn": "piste.web.account.second_factor.PasskeyNameForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PUBLIC_OVER_TLS

SESSION_ENGINE = "piste.web.account.keeping"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_OVER_TLS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "piste.web.errors.stale_form"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_HSTS_SECONDS = 31_536_000 if PUBLIC_OVER_TLS else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PUBLIC_OVER_TLS else None
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:", "blob:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fr", "Français")]
LOCALE_PATHS = [PISTE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.delivery.StampedFiles"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 0 if DEBUG else 31_536_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
UPLOAD_LIMIT = ENV.upload_mb * 1_000_000

TASKS = {
    "default": {
        "BACKEND": "django_ox.backend.OxBackend",
        "QUEUES": ["default"],
        "OPTIONS": {
            "SCHEDULES": {
                "wake held deals": {"task": "piste.deals.tasks.wake", "every": timedelta(minutes=1)},
                "empty the bin": {"task": "piste.upkeep.tasks.empty_bin", "every": timedelta(minutes=10)},
                "sweep files": {"task": "piste.upkeep.tasks.sweep_files", "every": timedelta(days=1)},
                "measure re-tests": {"task": "piste.upkeep.tasks.retest", "every": timedelta(minutes=10)},
                "count rows": {"task": "piste.upkeep.tasks.count_rows", "every": timedelta(hours=1)},
                "remind of steps": {"task": "piste.activities.tasks.remind", "every": timedelta(minutes=1)},
                "adopt playbooks": {"task": "piste.activities.tasks.adopt", "every": timedelta(minutes=1)},
                "write morning letters": {"task": "piste.digests.tasks.write", "every": timedelta(minutes=1)},
                "refresh forecasts": {"task": "piste.forecasting.tasks.refresh", "every": timedelta(minutes=1)},
                "lay insights by": {"task": "piste.insights.tasks.lay_columns_by", "every": timedelta(minutes=10)},
                "send dashboards": {"task": "piste.web.letters.tasks.send", "every": timedelta(minutes=1)},
                "follow the journal": {"task": "piste.automations.tasks.follow", "every": timedelta(seconds=15)},
                "look at the clock": {"task": "piste.automations.tasks.look", "every": timedelta(minutes=1)},
                "clear old runs": {"task": "piste.automations.tasks.clear", "every": timedelta(days=1)},
                "make audits": {"task": "piste.web.audits.tasks.run", "every": timedelta(minutes=1)},
                "carry letters": {"task": "piste.post.tasks.carry", "every": timedelta(minutes=1)},
            },
        },
    }
}

DEFAULT_FROM_EMAIL = ENV.mail_from
MAIL_GOES_OUT = bool(ENV.smtp_url)
MAILERS = {"default": env.mailer(ENV.smtp_url, ENV.data_dir)}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"tokens": {"()": "config.secrecy.WithoutTokens"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["tokens"]}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"django_ox": {"level": "WARNING"}, "django.tasks": {"level": "WARNING"}},
}
