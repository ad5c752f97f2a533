"""A person decides about a referred return (R2.1, R2.5)."""

from datetime import datetime

from service_requests.application.orders.order_reading import order_now
from service_requests.application.ports import UnitOfWork
from service_requests.domain.eligibility.assessment import Assessment, RecordedReason
from service_requests.domain.eligibility.assessor import alternatives_to_refusal, assess_request
from service_requests.domain.orders.policy_of_order import policy_of
from service_requests.domain.policy.policy import Policy
from service_requests.domain.policy.vocabulary import Result
from service_requests.domain.returns.requested_lines import requested_lines
from service_requests.domain.returns.return_ import Return
from shared.kernel.errors import Said


async def approve(uow: UnitOfWork, return_id: str, *, by: str, rma: str, note: str | None, at: datetime) -> Return:
    """Approve a return that waits for a person. `NotFound`, `IllegalMove`, `SecondPersonNeeded`."""
    return_ = await uow.returns.get(return_id)
    assessment, _ = await _today(uow, return_, at)
    return_.approve(assessment, by=by, at=at, rma=rma, note=note)
    return return_


async def refuse(uow: UnitOfWork, return_id: str, *, reason: Said, note: str | None, at: datetime) -> Return:
    """Refuse a return that waits for a person, in words the customer reads. `NotFound`, `IllegalMove`."""
    return_ = await uow.returns.get(return_id)
    assessment, policy = await _today(uow, return_, at)
    grounds = RecordedReason(rule="person", answer=Result.NO, clause="R2.5", says=reason, facts={})
    return_.refuse(assessment, grounds, alternatives_to_refusal(policy), at=at, note=note)
    return return_


async def _today(uow: UnitOfWork, return_: Return, at: datetime) -> tuple[Assessment, Policy]:
    """The assessment of the request by the rules of today; the dates of the decision follow from this assessment."""
    now, rules = await order_now(uow, return_.order.id), await uow.rulebook()
    order = now.order
    assessment = assess_request(
        rules, order, requested_lines(return_), stated_at=return_.created_at, at=at, goodwill=return_.review.goodwill
    )
    return assessment, policy_of(rules, order)
