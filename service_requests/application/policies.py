"""Publishing a policy version, and trying one on what was asked before (R1.2, B07, B16)."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from service_requests.application.ports import Draft, ReadDraft, UnitOfWork
from service_requests.application.review import asked
from service_requests.domain.facts import case_of, under
from service_requests.domain.judging import policy_of
from service_requests.domain.order import Order
from service_requests.domain.publication import PolicyDiffers, PolicyPublished, Publication, flaws_of
from service_requests.domain.return_ import Return
from service_requests.domain.rights.dry_run import Change, dry_run
from service_requests.domain.rights.policy import Policy
from service_requests.domain.rights.vocabulary import Verdict
from service_requests.domain.rulebook import Rulebook
from shared.kernel.errors import Malformed

KINDEST_FIRST: Final = (Verdict.ACCEPT, Verdict.PROOFS_MISSING, Verdict.LOOK, Verdict.REFUSE)


@dataclass(frozen=True, slots=True)
class Tried:
    """What a draft would have changed: `compared` cases, `skipped` ones that the draft has no words for."""

    policy: Policy
    compared: int
    skipped: int
    changes: tuple[Change, ...]

    @property
    def kinder(self) -> int:
        """Lines that would have got a better answer."""
        return sum(KINDEST_FIRST.index(each.after) < KINDEST_FIRST.index(each.before) for each in self.changes)


async def publish(uow: UnitOfWork, document: str, read: ReadDraft, *, by: str, at: datetime) -> Publication:
    """Publish a version; the same text again gives the first one back.

    Raises what `read` and `Draft.check` raise for a document that is not well formed, contradicts itself, gives less
    than the law or begins in the past; `PolicyDiffers`.
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
    _check(draft, rules, at)
    new = Publication(policy.name, document, policy.sha256, policy.effective_from, policy.effective_until, at, by)
    new.events.append(PolicyPublished())
    uow.publications.add(new)
    return new


async def try_out(
    document: str, read: ReadDraft, rules: Rulebook, history: Sequence[tuple[Return, Order]], *, at: datetime
) -> Tried:
    """Decide again what was asked before, under the draft and under the policy of each order; no effect.

    Raises what `publish` raises for the document.
    """
    draft = await read(document)
    _check(draft, rules, at)
    changes: list[Change] = []
    skipped = 0
    for found, order in history:
        # one decision takes a fraction of a millisecond; between two of them others get their turn
        await asyncio.sleep(0)
        before = policy_of(rules, order)
        case = case_of(order, asked(found), before, found.created_at, found.kindness)
        try:
            changes += dry_run(
                [(found.id, under(case, draft.policy), found.created_at)],
                (before, draft.policy),
                rules.regimes,
                rules.calendars,
            )
        except Malformed:
            skipped += 1
    return Tried(draft.policy, len(history) - skipped, skipped, tuple(changes))


def _check(draft: Draft, rules: Rulebook, at: datetime) -> None:
    """Everything at once; what asks the house's laws only once its names are known."""
    known = set(draft.policy.regimes) <= set(rules.regimes)
    draft.check(rules.regimes, rules.calendars, flaws_of(draft.policy, rules, at) if known else ())
