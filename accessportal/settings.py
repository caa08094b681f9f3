"""The one settings file. Each variable is described in docs/settings.md; a test compares."""

import sys
from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from accessportal.env import (
    env_bool,
    env_choice,
    env_https,
    env_int,
    env_list,
    env_secret,
    env_text,
    generated_secret,
)

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env_text("DATA_DIR", str(BASE_DIR / ".data")))
DATABASE_URL = env_secret("DATABASE_URL")
REDIS_URL = env_secret("REDIS_URL")

# Without a broker everything runs in one process: for a demo, a laptop or a small company.
EMBEDDED = not REDIS_URL
DEMO = env_bool("PORTAL_DEMO", False)
DEBUG = False
TESTING = "pytest" in sys.modules


def _secret_key() -> str:
    key = env_secret("SECRET_KEY")
    if not key and EMBEDDED:
        return generated_secret(DATA_DIR / "secret-key")
    if len(key) < 50 or len(set(key)) < 5:
        raise ImproperlyConfigured("SECRET_KEY must be set to at least 50 random characters")
    return key


SECRET_KEY = _secret_key()
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS")
BEHIND_TLS = env_bool("PORTAL_TLS", not EMBEDDED)
PORT = env_int("PORT", 8000, low=1, high=65535)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
    "accessportal",
    "inventory",
    "migrations_plan",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "accessportal.web.middleware.ResponseHeaders",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accessportal.web.middleware.SessionAge",
    "django_htmx.middleware.HtmxMiddleware",
    "accessportal.web.middleware.PortalLoginRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "accessportal.urls"
WSGI_APPLICATION = "accessportal.wsgi.application"
AUTH_USER_MODEL = "migrations_plan.PortalUser"
AUTHENTICATION_BACKENDS = ["migrations_plan.sign_in.PortalBackend"]
CSRF_FAILURE_VIEW = "accessportal.web.errors.csrf_failure"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accessportal.web.context.portal",
            ],
            "libraries": {"portal": "accessportal.templatetags.portal"},
            "builtins": [
                "accessportal.templatetags.portal",
                "django_htmx.templatetags.django_htmx",
            ],
        },
    }
]


def _database(url: str) -> dict[str, Any]:
    found: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=0))
    if found["ENGINE"] == "django.db.backends.postgresql":
        # A database that is away is told within two seconds, not after the system's minutes.
        found["OPTIONS"] = {"connect_timeout": 2, **found.get("OPTIONS", {})}
    return found


DATABASES: dict[str, dict[str, Any]]
if DATABASE_URL:
    DATABASES = {"default": _database(DATABASE_URL)}
else:
    DATABASES = {
        "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": DATA_DIR / "portal.db"}
    }
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # WAL lets pages read while a collection writes; IMMEDIATE takes the write lock before reading,
    # so that two writers queue up instead of failing half-way.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
    DATA_DIR.mkdir(parents=True, exist_ok=True)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False
LANGUAGE_CODE = "en"

STATIC_URL = "static/"
STATIC_ROOT = env_text("STATIC_ROOT", str(DATA_DIR / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
# Tests serve files where they lie; everything else after collectstatic.
WHITENOISE_AUTOREFRESH = TESTING
WHITENOISE_USE_FINDERS = TESTING

# Web security. No inline script or style anywhere, so no 'unsafe-*' and no nonce.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = BEHIND_TLS and env_bool("PORTAL_SSL_REDIRECT", True)
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = BEHIND_TLS
SECURE_HSTS_PRELOAD = BEHIND_TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
SESSION_COOKIE_SECURE = BEHIND_TLS
CSRF_COOKIE_SECURE = BEHIND_TLS
SESSION_COOKIE_NAME = "__Host-session" if BEHIND_TLS else "portal_session"
CSRF_COOKIE_NAME = "__Host-csrf" if BEHIND_TLS else "portal_csrf"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_IDLE_SECONDS = 30 * 60
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000

# AWS. The endpoint is for the sample organisation and tests only.
AWS_ENDPOINT_URL = env_text("AWS_ENDPOINT_URL")
AWS_PROFILE = env_text("AWS_PROFILE")
AWS_REGION = env_text("AWS_REGION", env_text("AWS_DEFAULT_REGION", "us-east-1"))
PORTAL_MANAGEMENT_ACCOUNT_ID = env_text("PORTAL_MANAGEMENT_ACCOUNT_ID")
PORTAL_MANAGEMENT_ROLE_ARN = env_text("PORTAL_MANAGEMENT_ROLE_ARN")
PORTAL_READER_ROLE_NAME = env_text("PORTAL_READER_ROLE_NAME", "access-portal-reader")
PORTAL_EXTERNAL_ID = env_secret("PORTAL_EXTERNAL_ID")
IDENTITY_CENTER_REGION = env_text("IDENTITY_CENTER_REGION")
IDENTITY_CENTER_REGIONS = env_list(
    "IDENTITY_CENTER_REGIONS",
    "us-east-1,us-west-2,us-east-2,eu-west-1,eu-central-1,eu-west-2,eu-north-1,eu-west-3,"
    "ap-southeast-2,ap-southeast-1,ap-northeast-1,ap-south-1,ca-central-1,sa-east-1,us-west-1",
)
PORTAL_START_URL = env_https("PORTAL_START_URL")
PORTAL_COLLECT = env_bool("PORTAL_COLLECT", True)
PORTAL_COLLECT_THREADS = env_int("PORTAL_COLLECT_THREADS", 8, low=1, high=64)
# Three calls a user at most, ten a second, after a shift of a minute: 1,000 users stay below the
# soft limit of a task (400 s).
PORTAL_USERS_PER_READ = env_int("PORTAL_USERS_PER_READ", 500, low=1, high=1000)
PORTAL_RUN_RETENTION_DAYS = env_int("PORTAL_RUN_RETENTION_DAYS", 35, low=7, high=3650)
PORTAL_LEASE_SECONDS = env_int("PORTAL_LEASE_SECONDS", 90, low=2, high=3600)
PORTAL_TICK_SECONDS = env_int("PORTAL_TICK_SECONDS", 30, low=1, high=3600)
PORTAL_AWS_MAX_ATTEMPTS = env_int("PORTAL_AWS_MAX_ATTEMPTS", 8, low=1, high=20)
PORTAL_AWS_READ_TIMEOUT = env_int("PORTAL_AWS_READ_TIMEOUT", 20, low=1, high=120)
# Where log objects come from: file://, s3://bucket/prefix, lookup://; none: use is not counted.
CLOUDTRAIL_SOURCE = env_list("CLOUDTRAIL_SOURCE")
PORTAL_EVENT_ID_DAYS = env_int("PORTAL_EVENT_ID_DAYS", 40, low=2, high=3650)
PORTAL_ORIGIN_DAYS = env_int("PORTAL_ORIGIN_DAYS", 90, low=1, high=3650)
METRICS_TOKEN = env_secret("METRICS_TOKEN")

# The company's e-mail domains; none: every domain is accepted, and the page Owners says so.
PORTAL_EMAIL_DOMAINS = [one.lower().lstrip("@") for one in env_list("PORTAL_EMAIL_DOMAINS")]

# Messages to people. A channel that is not set up sends nothing, and the pages say so.
PORTAL_URL = env_https("PORTAL_URL", loopback=True)
EMAIL_HOST = env_text("EMAIL_HOST")
EMAIL_PORT = env_int("EMAIL_PORT", 587, low=1, high=65535)
EMAIL_HOST_USER = env_text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env_secret("EMAIL_HOST_PASSWORD")
EMAIL_TLS = env_choice("EMAIL_TLS", "starttls", ("starttls", "tls", "none"))
EMAIL_USE_TLS, EMAIL_USE_SSL = EMAIL_TLS == "starttls", EMAIL_TLS == "tls"
EMAIL_FROM = env_text("EMAIL_FROM")
SLACK_BOT_TOKEN = env_secret("SLACK_BOT_TOKEN")
SLACK_API_URL = env_https("SLACK_API_URL", "https://slack.com/api", loopback=True)
# Each wait for a mail server's or Slack's answer, in seconds.
PORTAL_NOTIFY_TIMEOUT = env_int("PORTAL_NOTIFY_TIMEOUT", 10, low=1, high=60)
EMAIL_TIMEOUT = PORTAL_NOTIFY_TIMEOUT

# Staleness, in whole days. Each rule's sentence names the limit it used.
PORTAL_OLD_DAYS = env_int("PORTAL_OLD_DAYS", 90, low=1, high=3650)
PORTAL_UNUSED_DAYS = env_int("PORTAL_UNUSED_DAYS", 45, low=1, high=3650)
PORTAL_LONG_UNUSED_DAYS = env_int("PORTAL_LONG_UNUSED_DAYS", 90, low=1, high=3650)
PORTAL_NEW_CREDENTIAL_DAYS = env_int("PORTAL_NEW_CREDENTIAL_DAYS", 7, low=0, high=3650)
PORTAL_ROOT_USED_DAYS = env_int("PORTAL_ROOT_USED_DAYS", 30, low=1, high=3650)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "accessportal.logs.LineFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {
        "handlers": ["console"],
        "level": env_text("LOG_LEVEL", "WARNING" if EMBEDDED else "INFO"),
    },
    "loggers": {"django.server": {"level": "ERROR"}},
}
