"""The rulebook in memory: laws, calendars and every policy version, prepared once and refreshed.

A version that another process publishes is loaded after `FRESH_SECONDS` at the latest. A decision names the versions
that it used. Versions never change, so a refresh compares only names.
"""

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

from sqlalchemy import select

from service_requests.adapters.policy import policy_documents as documents
from service_requests.adapters.policy.publication_rows import read
from service_requests.adapters.tables import policies
from service_requests.domain.policy.policy import Policy
from service_requests.domain.policy.publication import Publication
from service_requests.domain.policy.rulebook import Rulebook
from shared.database.reader import Reader
from shared.documents.calendars import load_calendars

FRESH_SECONDS: Final = 2.0
SHIPPED: Final = Path(__file__).parents[2] / "policies"
SHIPPED_AT: Final = datetime(2026, 1, 1, tzinfo=UTC)
SHIPPED_BY: Final = "service:retour"

_NAMES = select(policies.c.id).order_by(policies.c.published_at.desc(), policies.c.id.desc())


class SqlRulebookSource:
    """The source of the rulebook; asks the database for new versions at most every `FRESH_SECONDS`."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._known: dict[str, tuple[Publication, Policy]] = {}
        self._rules = shipped_rulebook()
        self._asked = float("-inf")
        self._turn = asyncio.Lock()

    async def rules(self) -> Rulebook:
        """The rulebook; of two versions that begin on the same day the version published last counts."""
        if time.monotonic() - self._asked > FRESH_SECONDS:
            async with self._turn:
                if time.monotonic() - self._asked > FRESH_SECONDS:
                    await self._look()
        return self._rules

    def forget(self) -> None:
        """Ask the database at the next use; this process has published a version."""
        self._asked = float("-inf")

    async def publications(self) -> Sequence[Publication]:
        """Every version, the newest first; the versions of the program stand last."""
        self.forget()
        await self.rules()
        return (*(known[0] for known in self._known.values()), *shipped_publications())

    async def _look(self) -> None:
        asked = time.monotonic()
        names = [row["id"] for row in await self._reader.rows(_NAMES)]
        if names != list(self._known):
            found = dict(self._known)
            for name in names:
                if name not in found:
                    publication = read((await self._reader.load(policies, "id", name))[0])
                    policy = await asyncio.to_thread(documents.read_policy, publication.document.encode())
                    found[name] = publication, policy
            self._known = {name: found[name] for name in names}
            shipped = shipped_rulebook()
            published = tuple(policy for _, policy in self._known.values())
            self._rules = Rulebook((*published, *shipped.policies), shipped.regimes, shipped.calendars)
        self._asked = asked


async def read_draft(document: str) -> documents.DocumentDraft:
    """The draft in a document, read in a thread because a long document takes a while. Raises `InvalidDocument`."""
    return await asyncio.to_thread(documents.policy_draft, document.encode())


@lru_cache(maxsize=1)
def shipped_rulebook() -> Rulebook:
    """The rulebook of the program: the laws, the calendars, and the policy of a new installation."""
    regimes, calendars = documents.load_regimes(), load_calendars()
    texts = [file.read_bytes() for file in sorted(SHIPPED.glob("*.yaml"))]
    own = tuple(documents.publishable_policy(text, regimes, calendars) for text in texts)
    return Rulebook(own, regimes, calendars)


@lru_cache(maxsize=1)
def shipped_publications() -> tuple[Publication, ...]:
    """The policy versions of the program, in the form of publications."""
    texts = [file.read_text("utf-8") for file in sorted(SHIPPED.glob("*.yaml"))]
    return tuple(
        Publication(
            id=policy.name,
            document=text,
            sha256=policy.sha256,
            effective_from=policy.effective_from,
            effective_until=policy.effective_until,
            published_at=SHIPPED_AT,
            published_by=SHIPPED_BY,
            version=1,
        )
        for text, policy in zip(texts, shipped_rulebook().policies, strict=True)
    )
