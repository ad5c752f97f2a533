"""A decision made again from what it was made from: the whole trace, and whether it comes out the same (B10, R1.2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from service_requests.application.review import asked
from service_requests.domain.facts import case_of
from service_requests.domain.judging import basis_of, policy_of
from service_requests.domain.order import Order
from service_requests.domain.return_ import Return
from service_requests.domain.rights.decision import Decision
from service_requests.domain.rulebook import Rulebook
from service_requests.domain.verdict import Basis


@dataclass(frozen=True, slots=True)
class Again:
    """The decision as it comes out now. `same`: its inputs and its bytes are those of that day; None where that day
    kept nothing to compare with.
    """

    decision: Decision
    made_at: datetime
    basis: Basis
    same: bool | None


def decide_again(rules: Rulebook, found: Return, order: Order) -> Again:
    """Decide by the versions of that day what was decided that day. Raises what `engine.decide` raises."""
    kept = found.basis
    names: Sequence[str] = kept.policies if kept is not None else ()
    then = (rules.as_of(names) if names else None) or rules
    policy = then.named(names[0]) if names else None
    case = case_of(order, asked(found), policy or policy_of(then, order), found.created_at, found.kindness)
    decision = then.decide(case, found.created_at)
    basis = basis_of(decision)
    return Again(decision, found.created_at, basis, None if kept is None else basis == kept)
