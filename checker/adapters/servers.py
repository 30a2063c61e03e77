"""What every server named by a setting has in common: an address that can be used, and how to reach it."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from checker.errors import SettingsError

_SHOWN = 200


def checked_address(url: str, setting: str, key_setting: str, example: str) -> str:
    """The address without a slash at its end.

    Raises:
        SettingsError: no web address, or one that bears a key: addresses are shown in reports.
    """
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and not any(c.isspace() for c in url)
    except ValueError:
        sound = False
    if not sound:
        raise SettingsError(f"Adressen i {setting} er ikke en webadresse.", f"Skriv fx {example}")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise SettingsError(f"Adressen i {setting} bærer en nøgle eller et spørgsmålstegn.", f"Sæt nøglen i {key_setting}; adressen vises i rapporter.")
    return url.rstrip("/")


def is_here(url: str) -> bool:
    """Whether the server runs on this machine; such a one is never reached through a proxy."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def short(error: object) -> str:
    """A server's own words in one line that a terminal can show."""
    text = " ".join("".join(c if c.isprintable() else " " for c in str(error)).split())
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
