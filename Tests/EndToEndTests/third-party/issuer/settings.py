"""The issuer as a harsh one would be set up: every refresh token is good for one use, and one that comes back after the
grace ends the login."""

import os
from pathlib import Path

DIRECTORY = Path(os.environ["ISSUER_DIRECTORY"])
ISSUER = os.environ["ISSUER_URL"]

SECRET_KEY = os.urandom(32).hex()
ALLOWED_HOSTS = ["localhost"]
ROOT_URLCONF = "urls"
USE_TZ = True
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DIRECTORY / "issuer.sqlite",
        # Requests come from several threads; a writer waits for another.
        "OPTIONS": {"timeout": 20, "transaction_mode": "IMMEDIATE"},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "oauth2_provider",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "context_processors": ["django.template.context_processors.request"],
            "loaders": [
                (
                    "django.template.loaders.locmem.Loader",
                    {"registration/login.html": "<form method=post>{% csrf_token %}{{ form }}<button>Log in</button></form>"},
                ),
                "django.template.loaders.app_directories.Loader",
            ],
        },
    }
]
# One round is enough for a person who lives as long as a test.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGIN_URL = "/login/"
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
LOGGING = {
    "version": 1,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}

OAUTH2_PROVIDER = {
    "SCOPES": {"openid": "Know who you are", "mail": "Read your mail"},
    "ACCESS_TOKEN_EXPIRE_SECONDS": int(os.environ.get("ISSUER_TOKEN_LIFETIME", "3")),
    "ROTATE_REFRESH_TOKEN": True,
    "REFRESH_TOKEN_GRACE_PERIOD_SECONDS": 2,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "DEVICE_FLOW_INTERVAL": 1,
    "OAUTH_DEVICE_VERIFICATION_URI": f"{ISSUER}/device/",
    "OIDC_ENABLED": True,
    "OIDC_ISS_ENDPOINT": ISSUER,
    "OIDC_RSA_PRIVATE_KEY": (DIRECTORY / "signing.key").read_text(),
}
