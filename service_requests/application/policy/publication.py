"""Publication of a policy version (R1.2, B07, B16)."""

import asyncio
from datetime import datetime

from service_requests.application.ports import PolicyDraft, ReadPolicyDraft, UnitOfWork
from service_requests.domain.policy.publication import (
    PolicyDiffers,
    PolicyPublished,
    Publication,
    publication_problems,
)
from service_requests.domain.policy.rulebook import Rulebook


async def publish(uow: UnitOfWork, document: str, read: ReadPolicyDraft, *, by: str, at: datetime) -> Publication:
    """Publish a version; the same text again returns the first publication.

    Raises what `read` and `PolicyDraft.check` raise for a document that is not well formed, contradicts itself,
    gives less than the law or begins in the past; `PolicyDiffers`.
    """
    draft, rules = await asyncio.gather(read(document), uow.rulebook())
    policy = draft.policy
    known = await uow.publications.find(policy.name)
    if known is not None:
        if known.sha256 != policy.sha256:
            raise PolicyDiffers(name=policy.name)
        return known
    if rules.named(policy.name) is not None:
        raise PolicyDiffers(name=policy.name)
    check_draft(draft, rules, at)
    new = Publication(
        id=policy.name,
        document=document,
        sha256=policy.sha256,
        effective_from=policy.effective_from,
        effective_until=policy.effective_until,
        published_at=at,
        published_by=by,
    )
    new.events.append(PolicyPublished())
    uow.publications.add(new)
    return new


def check_draft(draft: PolicyDraft, rules: Rulebook, at: datetime) -> None:
    """Check everything at once. Checks against the law run only when the names in the policy are known."""
    known = set(draft.policy.regimes) <= set(rules.regimes)
    draft.check(rules.regimes, rules.calendars, publication_problems(draft.policy, rules, at) if known else ())
