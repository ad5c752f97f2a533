"""A person decides what the policy would not decide alone (R2.1, R2.5)."""

from datetime import datetime

from service_requests.application.ports import UnitOfWork
from service_requests.domain.eligibility.assessment import Assessment, RecordedReason, RecordedResult
from service_requests.domain.eligibility.assessor import alternatives_to_refusal, assess_request
from service_requests.domain.orders.policy_of_order import policy_of
from service_requests.domain.policy.policy import Policy
from service_requests.domain.returns.requested_lines import requested_lines
from service_requests.domain.returns.return_ import Return
from shared.kernel.errors import Said


async def approve(uow: UnitOfWork, return_id: str, *, by: str, rma: str, note: str | None, at: datetime) -> Return:
    """Approve a return that waits for a person. `NotFound`, `IllegalMove`, `SecondPersonNeeded`."""
    found = await uow.returns.get(return_id)
    assessment, _ = await _today(uow, found, at)
    found.approve(assessment, by=by, at=at, rma=rma, note=note)
    return found


async def refuse(uow: UnitOfWork, return_id: str, *, reason: Said, note: str | None, at: datetime) -> Return:
    """Refuse a return that waits for a person, in words the customer reads. `NotFound`, `IllegalMove`."""
    found = await uow.returns.get(return_id)
    assessment, policy = await _today(uow, found, at)
    grounds = RecordedReason(rule="person", answer=RecordedResult.NO, clause="R2.5", says=reason, facts={})
    found.refuse(assessment, grounds, alternatives_to_refusal(policy), at=at, note=note)
    return found


async def _today(uow: UnitOfWork, found: Return, at: datetime) -> tuple[Assessment, Policy]:
    """What the rules say today about what was asked then: the dates that follow from deciding now."""
    order, rules = await uow.orders.get(found.order_id), await uow.rulebook()
    assessment = assess_request(
        rules, order, requested_lines(found), stated_at=found.created_at, at=at, kindness=found.kindness
    )
    return assessment, policy_of(rules, order)
