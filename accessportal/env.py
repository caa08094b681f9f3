"""The only reader of the environment. A bad value stops the start with one clear sentence."""

import contextlib
import os
import secrets
from collections.abc import Collection, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE_WORDS = {"1", "true", "yes", "on"}
FALSE_WORDS = {"0", "false", "no", "off", ""}
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def env_text(name: str, default: str = "", *, environ: Mapping[str, str] = os.environ) -> str:
    """The value of NAME, stripped; the default when it is unset or empty."""
    return environ.get(name, "").strip() or default


def env_secret(name: str, default: str = "", *, environ: Mapping[str, str] = os.environ) -> str:
    """The value of NAME, or what the file named by NAME_FILE holds."""
    path = env_text(f"{name}_FILE", environ=environ)
    if not path:
        return env_text(name, default, environ=environ)
    try:
        return Path(path).read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(f"{name}_FILE cannot be read: {error.strerror}") from error


def env_bool(name: str, default: bool, *, environ: Mapping[str, str] = os.environ) -> bool:
    """True or false words only; anything else is an error, not a guess."""
    word = env_text(name, str(default), environ=environ).lower()
    if word not in TRUE_WORDS | FALSE_WORDS:
        raise ImproperlyConfigured(f"{name} must be true or false, not {word!r}")
    return word in TRUE_WORDS


def env_int(
    name: str, default: int, *, low: int, high: int, environ: Mapping[str, str] = os.environ
) -> int:
    """A whole number between low and high, both included."""
    text = env_text(name, str(default), environ=environ)
    try:
        number = int(text)
    except ValueError:
        number = low - 1
    if not low <= number <= high:
        raise ImproperlyConfigured(
            f"{name} must be a whole number from {low} to {high}, not {text!r}"
        )
    return number


def env_list(name: str, default: str = "", *, environ: Mapping[str, str] = os.environ) -> list[str]:
    """A comma-separated list without empty parts."""
    return [
        part.strip() for part in env_text(name, default, environ=environ).split(",") if part.strip()
    ]


def env_choice(
    name: str, default: str, allowed: Collection[str], *, environ: Mapping[str, str] = os.environ
) -> str:
    """One of the allowed words; the default when it is unset."""
    word = env_text(name, default, environ=environ).lower()
    if word not in allowed:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(allowed)}, not {word!r}")
    return word


def env_https(
    name: str,
    default: str = "",
    *,
    loopback: bool = False,
    environ: Mapping[str, str] = os.environ,
) -> str:
    """An https address without user, query or fragment, no trailing slash; the default when unset.
    loopback: plain http is accepted, too, for this machine."""
    text = env_text(name, default, environ=environ)
    parts = urlsplit(text)
    plain = not (parts.query or parts.fragment or "@" in parts.netloc)
    here = loopback and parts.scheme == "http" and parts.hostname in LOOPBACK
    if text and not ((parts.scheme == "https" or here) and parts.hostname and plain):
        raise ImproperlyConfigured(
            f"{name} must be an https address such as https://yourcompany.awsapps.com/start, "
            f"not {text!r}"
        )
    return text.rstrip("/")


def generated_secret(path: Path) -> str:
    """The secret kept in `path`, made (mode 0600) at the first call. For the embedded profile."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        # Written whole under another name first: two processes may start at once, and neither may
        # read half a secret. The link fails for the one that comes second.
        draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(50))
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text().strip()
