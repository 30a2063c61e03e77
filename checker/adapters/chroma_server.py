"""A Chroma server (`chroma run`) in the place of the embedded database: how it is reached, and how a collection is swapped in.

A collection is filled under a name of its own and renamed when it is whole, so one that bears its version's name is whole,
also where a build was killed. Several machines may share a server: the version says what is in the collection, so the first
one that builds a version builds it for all.
"""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from checker.adapters.servers import checked_address, is_here, short
from checker.errors import IndexFault

_PREFIX = "checker-"
_BUILDING = "checker-building-"
_PATIENCE = 10.0
_TIMEOUT = 120.0
_FORGOTTEN = 24 * 3600
"""Seconds after which a build that did not end is taken for killed; another machine may be at it until then."""


class ChromaServer:
    """One server, named by CHECKER_CHROMA. No request is made until it is needed.

    Raises:
        SettingsError: the address cannot be used.
    """

    def __init__(self, url: str, token: SecretStr | None = None) -> None:
        self.url = checked_address(url.strip(), "CHECKER_CHROMA", "CHECKER_CHROMA_TOKEN", "http://127.0.0.1:8000")
        self._token = token

    @staticmethod
    def collection(version: str) -> str:
        return _PREFIX + version

    @staticmethod
    def building() -> str:
        return f"{_BUILDING}{int(time.time())}-{uuid.uuid4().hex[:8]}"

    def connect(self) -> Any:
        """A client that gives up after a while; Chroma's own waits for ever.

        Raises:
            IndexFault: the server cannot be reached, refuses the token, or is another kind of server.
        """
        self._pass_by_proxies()
        with self.faults():
            self._heartbeat()
            import chromadb
            import httpx
            from chromadb.config import Settings

            try:
                client = chromadb.HttpClient(host=self.url, headers=self._headers(), settings=Settings(anonymized_telemetry=False))
            except ValueError as error:  # also for what went wrong on the way
                raise self._unreachable(error) from None
            session = getattr(getattr(client, "_server", None), "_session", None)
            if isinstance(session, httpx.Client):
                session.timeout = httpx.Timeout(_TIMEOUT)
        return client

    def holds(self, client: Any, version: str, keys: Sequence[str]) -> bool:
        """Whether the server has this version with exactly these documents."""
        from chromadb.errors import NotFoundError

        try:
            found = client.get_collection(self.collection(version), embedding_function=None).get(include=[])["ids"]
        except NotFoundError:
            return False
        return len(found) == len(keys) and set(found) == set(keys)

    def swap(self, client: Any, building: str, version: str) -> None:
        """The filled collection takes the name of its version, in the place of one that was there."""
        from chromadb.errors import NotFoundError

        with suppress(NotFoundError):
            client.delete_collection(self.collection(version))
        client.get_collection(building, embedding_function=None).modify(name=self.collection(version))

    def sweep(self, client: Any) -> None:
        """Removes what killed builds left behind a day ago or more."""
        for collection in client.list_collections():
            begun = collection.name.removeprefix(_BUILDING).split("-")[0]
            if collection.name.startswith(_BUILDING) and begun.isdigit() and time.time() - int(begun) > _FORGOTTEN:
                client.delete_collection(collection.name)

    def drop(self, *names: str) -> None:
        """Removes collections; that they could not be removed matters to nobody."""
        with suppress(Exception):
            client = self.connect()
            try:
                for name in names:
                    with suppress(Exception):
                        client.delete_collection(name)
            finally:
                client.close()

    @contextmanager
    def faults(self) -> Iterator[None]:
        """What goes wrong on the way to the server, as ours. Chroma's own errors pass through."""
        import httpx

        try:
            yield
        except httpx.TimeoutException:
            raise IndexFault(f"Chroma-serveren {self.url} svarer ikke.", "Se, om den kører, eller fjern CHECKER_CHROMA.") from None
        except httpx.HTTPError as error:
            raise self._unreachable(error) from None
        except Exception as error:
            if type(error) is not Exception:  # what Chroma's client raises for an answer that is not Chroma's, as a gateway's
                raise
            raise self._unreachable(error) from None

    def _unreachable(self, error: Exception) -> IndexFault:
        return IndexFault(
            f"Chroma-serveren {self.url} kan ikke nås ({short(error)}).",
            "Start den (chroma run), ret adressen i CHECKER_CHROMA, eller fjern den for at bruge det indbyggede indeks.",
        )

    def _heartbeat(self) -> None:
        import httpx

        reply = httpx.get(f"{self.url}/api/v2/heartbeat", headers=self._headers(), timeout=_PATIENCE, trust_env=not is_here(self.url))
        if reply.status_code in (401, 403):
            raise IndexFault(f"Chroma-serveren {self.url} afviser adgang ({reply.status_code}).", "Sæt den rigtige nøgle i CHECKER_CHROMA_TOKEN.")
        try:
            sound = reply.status_code == 200 and "nanosecond heartbeat" in reply.json()
        except (ValueError, TypeError):
            sound = False
        if not sound:
            raise IndexFault(
                f"{self.url} svarer ikke, som en Chroma-server gør ({reply.status_code}: {short(reply.text)}).",
                "Ret adressen i CHECKER_CHROMA; Chroma skal være i version 1 eller nyere.",
            )

    def _headers(self) -> dict[str, str]:
        """Chroma 1 checks no token itself: a gateway before it does, by one of the two headers that Chroma's clients know."""
        if self._token is None:
            return {}
        token = self._token.get_secret_value()
        return {"Authorization": f"Bearer {token}", "X-Chroma-Token": token}

    def _pass_by_proxies(self) -> None:
        """Chroma's client has no setting for this: it reads the environment."""
        host = urlsplit(self.url).hostname or ""
        exempt = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
        if is_here(self.url) and host not in exempt.split(","):
            os.environ["no_proxy"] = f"{exempt},{host}".strip(",")
