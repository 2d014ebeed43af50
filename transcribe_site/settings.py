"""Settings: from the environment only, secure by default; docs/operator-guide.md lists every one.

Any variable NAME can also be given as NAME_FILE, the path of a file that holds the value (Docker secrets).
"""

import logging
import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

import environ
from csp.constants import NONCE
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from environ.fileaware_mapping import FileAwareMapping

from transcribe_site import embedded, logs, storage_url

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = embedded.data_dir()
TEMP_DIR = DATA_DIR / "tmp"
UPLOAD_DIR = DATA_DIR / "uploads"  # what still arrives; on the disk of TEMP_DIR


class _Environment(FileAwareMapping):  # type: ignore[misc]
    """Secret files end with a line break; no setting means one."""

    def __getitem__(self, key: str) -> str:
        return str(super().__getitem__(key)).strip()


class _Settings(environ.Env):  # type: ignore[misc]
    """What cannot be read is a sentence that names the setting."""

    ENVIRON = _Environment()

    def get_value(self, var: str, *arguments: Any, **options: Any) -> Any:
        try:
            return super().get_value(var, *arguments, **options)
        except ValueError:
            raise ImproperlyConfigured(f"{var} cannot be {self.ENVIRON.get(var)!r}.") from None
        except OSError as error:
            raise ImproperlyConfigured(f"{var}_FILE cannot be read: {error.filename} ({error.strerror}).") from None


env = _Settings()


KEPT_SECRET_KEY = embedded.secret_key_file(DATA_DIR)


def _secret_key() -> str:
    given: str = env.str("SECRET_KEY", default="")
    if given or not KEPT_SECRET_KEY.exists():
        return given
    return KEPT_SECRET_KEY.read_text().strip()


SECRET_KEY = _secret_key()
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "Set SECRET_KEY to a long random text, or start with `make run`, which makes and keeps one."
    )
DEBUG = env.bool("DEBUG", default=False)

# --- Where bytes are ----------------------------------------------------------------------------------------------
STORAGE_URL = env.str("STORAGE_URL", default="")
try:
    STORAGE_DIR = storage_url.folder(STORAGE_URL, DATA_DIR / "storage")
    S3 = storage_url.s3(STORAGE_URL)
except ValueError:  # without its value: a secret may stand in it
    raise ImproperlyConfigured(
        "STORAGE_URL is s3://KEY:SECRET@host:port/bucket, s3+http://… without TLS, or the path of a folder."
    ) from None
X_ACCEL_REDIRECT = env.str("X_ACCEL_REDIRECT", default="")
SIGNED_ADDRESS_MINUTES = env.int("SIGNED_ADDRESS_MINUTES", default=60)
MIN_FREE_BYTES = env.int("MIN_FREE_BYTES", default=1024**3)

# --- Where it is served -------------------------------------------------------------------------------------------
SITE_URL = env.str("SITE_URL", default="https://localhost").rstrip("/")
try:
    _site = urlsplit(SITE_URL)
except ValueError:
    _site = urlsplit("")
if _site.scheme not in {"http", "https"} or not _site.hostname:
    raise ImproperlyConfigured("SITE_URL is the address people type, such as https://transcribe.example.org")
_loopback = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = [_site.hostname, *_loopback, *env.list("ALLOWED_HOSTS", default=[])]
CSRF_TRUSTED_ORIGINS = [SITE_URL]
_https = _site.scheme == "https"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE_SSL_REDIRECT = _https
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^status$", r"^metrics$"]
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _https
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "base-uri": ["'none'"],
        "connect-src": ["'self'"],
        "font-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "img-src": ["'self'", "data:"],  # the QR code of the second factor is a data: picture
        # The length of a chosen file, before it is sent; recordings, of the site and where it sends browsers for them.
        "media-src": ["blob:", "'self'", *filter(None, [storage_url.origin(STORAGE_URL)])],
        "script-src": ["'self'"],
        "style-src": ["'self'", NONCE],  # only where a page asks for it: the waveform brings a style of its own
    }
}

# --- Django -------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_htmx",
    "django_prometheus",
    "django_rq",
    "accounts",
    "transcriptions",
]
MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "transcribe_site.compressed.Compressed",
    "csp.middleware.CSPMiddleware",
    "transcribe_site.static.StaticFiles",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.PersonMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]
ROOT_URLCONF = "transcribe_site.urls"
ASGI_APPLICATION = "transcribe_site.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "transcriptions.web.contexts.banner",
                "transcriptions.web.signup.ways_in",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"  # what templates/ says of forms comes before Django's own
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "en"
LANGUAGE_COOKIE_AGE = int(timedelta(days=365).total_seconds())
LANGUAGES = [("en", _("English")), ("pt-br", _("Brazilian Portuguese"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
if TIME_ZONE not in available_timezones():
    raise ImproperlyConfigured(f"TIME_ZONE is a name such as America/Sao_Paulo, not {TIME_ZONE!r}.")
USE_TZ = True
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True  # served from where they are: no collectstatic step, no second copy
WHITENOISE_AUTOREFRESH = DEBUG

# --- Postgres, the truth, and Redis, which only wakes -------------------------------------------------------------
DATABASE_URL = env.str("DATABASE_URL", default="")
DATABASES = {"default": env.db_url_config(DATABASE_URL or embedded.database_url(DATA_DIR))}
# Where pg_dump and pg_restore are: of the server's own version. Those of another server are on the PATH.
POSTGRES_PROGRAMS = "" if DATABASE_URL else embedded.programs() or ""
REDIS_URL = env.str("REDIS_URL", default="") or embedded.redis_url(DATA_DIR)
# Counts of sign-ins, shared by all processes; in Postgres, so that people can sign in while Redis is away.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
RQ_QUEUES = {name: {"URL": REDIS_URL, "DEFAULT_TIMEOUT": -1} for name in ("media", "pictures", "speech", "cleanup")}

# --- Accounts -----------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "history"
EMAIL_URL = env.str("EMAIL_URL", default="")
if EMAIL_URL:
    vars().update(env.email_url_config(EMAIL_URL))
else:  # the operator passes it on
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = DATA_DIR / "mail"
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"transcribe@{_site.hostname}")
ACCOUNT_ADAPTER = "transcriptions.web.signup.AccountAdapter"
ACCOUNT_FORMS = {"add_email": "transcriptions.web.addresses.AddressForm"}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_CHANGE_EMAIL = True  # one address; the new one counts once it is confirmed
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if EMAIL_URL else "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = not EMAIL_URL  # without a mail server nobody's address is ever verified
MFA_TOTP_ISSUER = "Transcribe Site"
BANNER = env.str("BANNER", default="")  # a sentence above every page
# Open by itself only where nobody else can reach it.
SIGNUP_OPEN = env.bool("SIGNUP_OPEN", default=_site.hostname in {"localhost", "127.0.0.1", "::1"})

# --- Recognition --------------------------------------------------------------------------------------------------
WHISPER_MODEL = env.str("WHISPER_MODEL", default="")  # empty: base on a CPU, large-v3-turbo on a GPU
WHISPER_DEVICE = env.str("WHISPER_DEVICE", default="auto")
WHISPER_DEVICE_INDEX = env.int("WHISPER_DEVICE_INDEX", default=0)  # one speech worker a GPU
WHISPER_COMPUTE_TYPE = env.str("WHISPER_COMPUTE_TYPE", default="auto")
WHISPER_PRESET = env.str("WHISPER_PRESET", default="balanced")
if WHISPER_PRESET not in {"fast", "balanced", "accurate"}:
    raise ImproperlyConfigured(f"WHISPER_PRESET is fast, balanced or accurate, not {WHISPER_PRESET!r}.")
WHISPER_MODEL_DIR = Path(env.str("WHISPER_MODEL_DIR", default="") or DATA_DIR / "models").absolute()
MODEL_CACHE_TIMEOUT_MINUTES = env.float("MODEL_CACHE_TIMEOUT_MINUTES", default=30.0)
ENABLE_FFMPEG_HW_ACCEL = env.bool("ENABLE_FFMPEG_HW_ACCEL", default=True)  # where pictures are made
LEASE_SECONDS = env.int("LEASE_SECONDS", default=30)

# --- Limits, result cache, cleaning up ----------------------------------------------------------------------------
MAX_UPLOAD_BYTES = env.int("MAX_UPLOAD_BYTES", default=4 * 1024**3)
UPLOAD_EXPIRES_HOURS = env.float("UPLOAD_EXPIRES_HOURS", default=72.0)  # after its last byte, where there are more
MAX_FOLLOWED_UPLOADS = env.int("MAX_FOLLOWED_UPLOADS", default=8)  # a media worker, transcribed while they arrive
MAX_FOLLOWED_UPLOADS_PER_USER = env.int("MAX_FOLLOWED_UPLOADS_PER_USER", default=4)  # of one person, all together
BULK_FROM = env.int("BULK_FROM", default=20)  # unfinished ones of one person: more go after all others; 0: never
# Of one person; 0: no limit.
MAX_SHARDS_PER_USER = env.int("MAX_SHARDS_PER_USER", default=0)  # recognised at a time
MAX_UPLOADS_PER_USER = env.int("MAX_UPLOADS_PER_USER", default=100)  # under way at a time
MAX_BYTES_PER_USER = env.int("MAX_BYTES_PER_USER", default=0)
MAX_HOURS_PER_USER = env.float("MAX_HOURS_PER_USER", default=0.0)
MAX_FILES_PER_UPLOAD = env.int("MAX_FILES_PER_UPLOAD", default=100)
UPLOAD_CHUNK_BYTES = env.int("UPLOAD_CHUNK_BYTES", default=5 * 1024**2)
UPLOADS_AT_ONCE = env.int("UPLOADS_AT_ONCE", default=2)
UPLOAD_LOOKUP_BYTES = env.int("UPLOAD_LOOKUP_BYTES", default=512 * 1024**2)
MAX_DURATION_HOURS = env.float("MAX_DURATION_HOURS", default=12.0)
API_REQUESTS_PER_TOKEN = env.int("API_REQUESTS_PER_TOKEN", default=300)  # a minute; 0: no limit
API_REQUESTS_PER_ADDRESS = env.int("API_REQUESTS_PER_ADDRESS", default=600)
# Pages of other sites, and programs made like them, that may ask the API: with tokens alone, never with a session.
CORS_ALLOWED_ORIGINS = env.list("CORS_ALLOWED_ORIGINS", default=[])
_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://[^\s/?#*A-Z]+(?<!:80)(?<!:443)")  # as browsers write them
if _wrong := [origin for origin in CORS_ALLOWED_ORIGINS if not _ORIGIN.fullmatch(origin)]:
    raise ImproperlyConfigured(
        "CORS_ALLOWED_ORIGINS are origins such as https://app.example.org, in small letters, without a path, a usual"
        f" port or *, not {_wrong[0]!r}."
    )
CORS_ALLOW_CREDENTIALS = False
CORS_URLS_REGEX = r"^/(api/v1|v1|asr|detect-language)(/|$)"
CORS_ALLOW_HEADERS = ["authorization", "*"]  # the one that "*" does not mean
CORS_EXPOSE_HEADERS = ["*"]
ENABLE_ASR_ENDPOINT = env.bool("ENABLE_ASR_ENDPOINT", default=True)
ALLOW_LINKS = env.bool("ALLOW_LINKS", default=True)
ALLOW_SHARE_LINKS = env.bool("ALLOW_SHARE_LINKS", default=True)
SHARE_PASSWORD_TRIES = env.int("SHARE_PASSWORD_TRIES", default=10)  # in ten minutes
MAX_COMMENT_CHARACTERS = env.int("MAX_COMMENT_CHARACTERS", default=2000)
MAX_COMMENTS = env.int("MAX_COMMENTS", default=1000)  # on one transcript
ACCOUNT_RATE_LIMITS = {
    "open_share": f"{SHARE_PASSWORD_TRIES}/10m/key",
    "name_account": f"{SHARE_PASSWORD_TRIES}/10m/user",
}
LINK_ALLOWED_HOSTS = env.list("LINK_ALLOWED_HOSTS", default=[])  # of a private network, as a link names them
LINK_TIMEOUT_MINUTES = env.float("LINK_TIMEOUT_MINUTES", default=60.0)
ALLOW_WEBHOOKS = env.bool("ALLOW_WEBHOOKS", default=True)
WEBHOOK_ATTEMPTS = env.int("WEBHOOK_ATTEMPTS", default=8)
WEBHOOK_REST_SECONDS = env.float("WEBHOOK_REST_SECONDS", default=5.0)  # after the first, each four times as long
WEBHOOK_TIMEOUT_SECONDS = env.float("WEBHOOK_TIMEOUT_SECONDS", default=15.0)
WEBHOOK_KEEP_DAYS = env.float("WEBHOOK_KEEP_DAYS", default=30.0)  # what was told, for who looks
ENABLE_TRANSCRIPTION_CACHE = env.bool("ENABLE_TRANSCRIPTION_CACHE", default=True)
CACHE_MAX_SIZE = env.int("CACHE_MAX_SIZE", default=1000)
CACHE_TTL_HOURS = env.float("CACHE_TTL_HOURS", default=720.0)
CACHE_MAX_BYTES = env.int("CACHE_MAX_BYTES", default=1024**3)
CACHE_SCOPE = env.str("CACHE_SCOPE", default="everyone")
if CACHE_SCOPE not in {"everyone", "user"}:
    raise ImproperlyConfigured(f"CACHE_SCOPE is everyone or user, not {CACHE_SCOPE!r}.")
ENABLE_PERIODIC_CLEANUP = env.bool("ENABLE_PERIODIC_CLEANUP", default=True)
CLEANUP_INTERVAL_MINUTES = env.float("CLEANUP_INTERVAL_MINUTES", default=60.0)
KEEP_MEDIA = env.str("KEEP_MEDIA", default="original")
if KEEP_MEDIA not in {"original", "sound", "nothing"}:
    raise ImproperlyConfigured(f"KEEP_MEDIA is original, sound or nothing, not {KEEP_MEDIA!r}.")
KEEP_MEDIA_DAYS = env.int("KEEP_MEDIA_DAYS", default=0)  # 0: for ever
if KEEP_MEDIA_DAYS < 0:
    raise ImproperlyConfigured(f"KEEP_MEDIA_DAYS is a number of days, or 0, not {KEEP_MEDIA_DAYS}.")
UNDO_SECONDS = env.float("UNDO_SECONDS", default=300.0)  # for which what was deleted can be taken back
DIRECT_DOCUMENT_SEGMENTS = env.int("DIRECT_DOCUMENT_SEGMENTS", default=2000)
EXPORT_KEEP_HOURS = env.float("EXPORT_KEEP_HOURS", default=24.0)
MAX_RENDER_HOURS = env.float("MAX_RENDER_HOURS", default=6.0)
MAX_RENDER_BYTES = env.int("MAX_RENDER_BYTES", default=8 * 1024**3)
MAX_TEMP_AGE_HOURS = env.float("MAX_TEMP_AGE_HOURS", default=24.0)

MAX_REHEAR_SECONDS = env.int("MAX_REHEAR_SECONDS", default=300)
REHEAR_KEEP_HOURS = env.float("REHEAR_KEEP_HOURS", default=24.0)
MAX_LINE_CHARACTERS = env.int("MAX_LINE_CHARACTERS", default=5000)
FIND_SECONDS = env.float("FIND_SECONDS", default=3.0)  # one search through one text, whatever is looked for
DOUBTFUL_BELOW = env.float("DOUBTFUL_BELOW", default=0.5)  # words of a lower probability are marked

# --- What the operator sees ---------------------------------------------------------------------------------------
STAFF_CAN_READ_TRANSCRIPTS = env.bool("STAFF_CAN_READ_TRANSCRIPTS", default=False)  # in the admin
LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
if LOG_LEVEL not in logging.getLevelNamesMapping():
    raise ImproperlyConfigured(f"LOG_LEVEL is DEBUG, INFO, WARNING or ERROR, not {LOG_LEVEL!r}.")
PROMETHEUS_MULTIPROC_DIR = env.str("PROMETHEUS_MULTIPROC_DIR", default="")  # of several web processes on a host
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
LOG_FORMAT = env.str("LOG_FORMAT", default="")  # empty: text where somebody looks on, else JSON
if LOG_FORMAT not in {"", logs.TEXT, logs.JSON}:
    raise ImproperlyConfigured(f"LOG_FORMAT is text or json, not {LOG_FORMAT!r}.")
LOGGING = logs.configure(LOG_FORMAT, LOG_LEVEL)
OTEL_EXPORTER_OTLP_ENDPOINT = env.str("OTEL_EXPORTER_OTLP_ENDPOINT", default="")  # empty: no traces
TRACES_SHARE = env.float("TRACES_SHARE", default=1.0)
