"""One line of a return."""

from dataclasses import dataclass

from service_requests.domain.policy.vocabulary import Fault, Payer


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnLine:
    """The part of one order line that comes back, and why; `by_right`: a withdrawal by law.

    `states` and `proofs` were given besides the condition.
    """

    line_id: str
    sku: str
    name: str
    quantity: int
    reason: str
    condition: str
    comment: str | None
    fault: Fault
    payer: Payer
    by_right: bool
    states: tuple[str, ...] = ()
    proofs: tuple[str, ...] = ()
    worth_minor: int | None = None
    """What the customer paid for one unit of the line; None for returns from before 0.2 (Z06)."""
