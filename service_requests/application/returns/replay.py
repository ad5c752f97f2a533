"""Replay of a decision: the whole trace, and whether the bytes are the same (B10, R1.2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from service_requests.domain.eligibility.assessment import Basis
from service_requests.domain.eligibility.case_of_order import case_of
from service_requests.domain.eligibility.decision import Decision
from service_requests.domain.eligibility.engine import decide_with
from service_requests.domain.orders.order import Order
from service_requests.domain.orders.policy_of_order import policy_of
from service_requests.domain.policy.rulebook import Rulebook
from service_requests.domain.returns.requested_lines import requested_lines
from service_requests.domain.returns.return_ import Return


@dataclass(frozen=True, slots=True)
class ReplayedDecision:
    """The replayed decision. `same`: inputs and bytes equal the recorded digests; None for a return without recorded
    digests.
    """

    decision: Decision
    made_at: datetime
    basis: Basis
    same: bool | None


def replay_decision(rules: Rulebook, return_: Return, order: Order) -> ReplayedDecision:
    """Decide the request again by the versions of its day. Raises the errors of `engine.decide`."""
    kept = return_.review.basis
    names: Sequence[str] = kept.policies if kept is not None else ()
    then = (rules.as_of(names) if names else None) or rules
    policy = then.named(names[0]) if names else None
    case = case_of(
        order, requested_lines(return_), policy or policy_of(then, order), return_.created_at, return_.review.goodwill
    )
    decision = decide_with(then, case, return_.created_at)
    basis = Basis.of(decision)
    return ReplayedDecision(decision, return_.created_at, basis, None if kept is None else basis == kept)
