"""A draft policy tried on past requests, without effect (R1.2, B07, B16)."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from service_requests.application.policy.publication import check_draft
from service_requests.application.ports import ReadPolicyDraft
from service_requests.domain.eligibility.case_of_order import PastRequest, case_of, case_under
from service_requests.domain.eligibility.dry_run import DecisionChange, dry_run
from service_requests.domain.eligibility.engine import KINDEST_FIRST
from service_requests.domain.orders.policy_of_order import policy_of
from service_requests.domain.policy.policy import Policy
from service_requests.domain.policy.rulebook import Rulebook
from shared.kernel.errors import Malformed


@dataclass(frozen=True, slots=True)
class Trial:
    """The changes of a draft: `compared` requests, and `skipped` requests with words that the draft does not have."""

    policy: Policy
    compared: int
    skipped: int
    changes: tuple[DecisionChange, ...]

    @property
    def kinder(self) -> int:
        """The number of lines with a better answer under the draft."""
        return sum(KINDEST_FIRST.index(each.after) < KINDEST_FIRST.index(each.before) for each in self.changes)


async def try_out(
    document: str, read: ReadPolicyDraft, rules: Rulebook, history: Sequence[PastRequest], *, at: datetime
) -> Trial:
    """Decide past requests again, under the draft and under the policy of each order; without effect.

    Raises what `publish` raises for the document.
    """
    draft = await read(document)
    check_draft(draft, rules, at)
    changes: list[DecisionChange] = []
    skipped = 0
    for past in history:
        # one decision takes a fraction of a millisecond; other tasks run between two decisions
        await asyncio.sleep(0)
        before = policy_of(rules, past.order)
        case = case_of(past.order, past.lines, before, past.asked_at, past.goodwill)
        try:
            changes += dry_run(
                [(past.name, case_under(case, draft.policy), past.asked_at)],
                (before, draft.policy),
                rules.regimes,
                rules.calendars,
            )
        except Malformed:
            skipped += 1
    return Trial(draft.policy, len(history) - skipped, skipped, tuple(changes))
