from pathlib import Path

from django.utils.translation import gettext_lazy as _

from lygte.config import environment as env

PACKAGE = Path(__file__).resolve().parent.parent
TESTING = env.flag("LYGTE_TEST")
DEBUG = False

SECRET_KEY = env.secret("LYGTE_SECRET_KEY")
LYGTE_MASTER_KEY = env.key_bytes("LYGTE_MASTER_KEY")
LYGTE_DEMO = env.flag("LYGTE_DEMO")
LYGTE_HTTPS = env.flag("LYGTE_HTTPS", default=True)
LYGTE_EVENTS_URL = env.text("LYGTE_EVENTS_URL", "/haendelser")
LYGTE_EVENTS_PORT = env.port("LYGTE_EVENTS_PORT", 0)
LYGTE_SMS_GATEWAY = env.choice("LYGTE_SMS_GATEWAY", "file", "file", "http")
LYGTE_SMS_URL = env.service_url("LYGTE_SMS_URL") if LYGTE_SMS_GATEWAY == "http" else ""
LYGTE_SMS_TOKEN = env.secret("LYGTE_SMS_TOKEN") if LYGTE_SMS_GATEWAY == "http" else ""
LYGTE_SMS_SENDER = env.text("LYGTE_SMS_SENDER", "Akuttilbud")
LYGTE_OUTBOX_FOLDER = env.text("LYGTE_OUTBOX_FOLDER", "var/outbox")
LYGTE_AUDIT_ANCHORS = env.text("LYGTE_AUDIT_ANCHORS", "var/audit-anchors")
LYGTE_PUBLIC_URL = env.address("LYGTE_PUBLIC_URL")
LYGTE_METRICS_FOLDER = env.text("LYGTE_METRICS_FOLDER", "var/metrics")
LYGTE_METRICS_TOKEN = env.optional_secret("LYGTE_METRICS_TOKEN")
LYGTE_DRAIN_FILE = env.text("LYGTE_DRAIN_FILE", "var/draining")
LYGTE_BEHIND_PROXY = env.flag("LYGTE_BEHIND_PROXY")
LYGTE_ALERTS = env.choice("LYGTE_ALERTS", "file", "file", "web", "command", "sms")
LYGTE_ALERTS_FILE = env.text("LYGTE_ALERTS_FILE", "var/alerts.jsonl")
LYGTE_ALERTS_URL = env.service_url("LYGTE_ALERTS_URL") if LYGTE_ALERTS == "web" else ""
LYGTE_ALERTS_TOKEN = env.optional_secret("LYGTE_ALERTS_TOKEN")
LYGTE_ALERTS_COMMAND = env.text("LYGTE_ALERTS_COMMAND", None if LYGTE_ALERTS == "command" else "")
LYGTE_ALERTS_NUMBERS = env.words("LYGTE_ALERTS_NUMBERS")
LYGTE_LOG_FORMAT = env.choice("LYGTE_LOG_FORMAT", "line", "line", "json")
LYGTE_LOG_REQUESTS = env.flag("LYGTE_LOG_REQUESTS", default=LYGTE_LOG_FORMAT == "json")

ALLOWED_HOSTS = env.hosts("LYGTE_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.origins("LYGTE_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "lygte.interfaces.web.ui",
    "lygte.interfaces.web.staff",
    "lygte.interfaces.web.citizen",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "lygte.apps.core",
    "lygte.apps.tenancy",
    "lygte.apps.crypto",
    "lygte.apps.accounts",
    "lygte.apps.audit",
    "lygte.apps.people",
    "lygte.apps.contacts",
    "lygte.apps.queue",
    "lygte.apps.promises",
    "lygte.apps.plans",
    "lygte.apps.outbox",
    "lygte.apps.workforce",
    "lygte.apps.outages",
    "lygte.apps.jobs",
    "lygte.apps.insight",
    "lygte.apps.privacy",
]

MIDDLEWARE = [
    "lygte.interfaces.web.measuring.MeasuringMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "lygte.interfaces.web.middleware.HeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "lygte.interfaces.web.middleware.ScopeMiddleware",
    "lygte.interfaces.web.middleware.DeskMiddleware",
    "lygte.interfaces.web.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "lygte.config.urls"
WSGI_APPLICATION = "lygte.config.wsgi.application"
ASGI_APPLICATION = "lygte.config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "lygte.interfaces.web.context.page",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "lygte.interfaces.web.ui.templatetags.ui",
                "lygte.interfaces.web.staff.templatetags.desk",
            ],
        },
    }
]
if TESTING:
    TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = "MISSING[%s]"  # type: ignore[index]

DATABASES = {"default": env.database("LYGTE_DATABASE_URL")}
LYGTE_DATABASE_REPLICA_SECONDS = env.number("LYGTE_DATABASE_REPLICA_SECONDS", 15)
if env.text("LYGTE_DATABASE_REPLICA_URL", ""):
    DATABASES["replica"] = env.database("LYGTE_DATABASE_REPLICA_URL")
    DATABASE_ROUTERS = ["lygte.apps.core.reading.Router"]
if env.flag("LYGTE_DATABASE_POOLED"):  # a cursor on the server lives in a connection, not in a transaction
    for _one in DATABASES.values():
        _one["DISABLE_SERVER_SIDE_CURSORS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.MD5PasswordHasher"
    if TESTING
    else "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "/konto/login/"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "lygte.interfaces.web.staff.adapter.AccountAdapter"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_RATE_LIMITS = {"login": "120/m/ip", "login_failed": "60/m/ip"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODE_COUNT = 8
MFA_ADAPTER = "lygte.interfaces.web.staff.adapter.MfaAdapter"
MFA_TOTP_ISSUER = "Lygte"
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not LYGTE_HTTPS

# The prefix makes browsers refuse a cookie that another host, or an unencrypted page, has set.
SESSION_COOKIE_NAME = "__Host-session" if LYGTE_HTTPS else "sessionid"
CSRF_COOKIE_NAME = "__Host-form" if LYGTE_HTTPS else "csrftoken"
SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "lygte.interfaces.web.errors.csrf_failure"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LYGTE_HTTPS
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 31_536_000 if LYGTE_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = LYGTE_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if LYGTE_BEHIND_PROXY else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

LANGUAGE_CODE = "da"
LANGUAGES = [("da", _("Danish")), ("en", _("English"))]
LOCALE_PATHS = [PACKAGE / "locale"]
LANGUAGE_COOKIE_HTTPONLY = True
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Copenhagen"

STATIC_URL = "/static/"
STATIC_ROOT = env.text("LYGTE_STATIC_ROOT", "var/static")
WHITENOISE_USE_FINDERS = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "lygte_cache"}}
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# The servers' own loggers write through the same filter: an error of theirs names the address of the request.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"no_identity": {"()": "lygte.config.logs.NoIdentity"}},
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"},
        "json": {"()": "lygte.config.logs.JsonLines"},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": LYGTE_LOG_FORMAT,
            "filters": ["no_identity"],
        }
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "lygte": {"level": "INFO"},
        "lygte.requests": {"level": "INFO" if LYGTE_LOG_REQUESTS else "CRITICAL"},
        "django.server": {"handlers": [], "propagate": True},
        "gunicorn.error": {"handlers": [], "propagate": True},
        "uvicorn": {"handlers": [], "propagate": True},
        "uvicorn.error": {"handlers": [], "propagate": True},
    },
}

env.finish()
