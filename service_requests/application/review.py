"""A person decides what the policy would not decide alone (R2.1, R2.5)."""

from datetime import datetime

from service_requests.application.ports import UnitOfWork
from service_requests.domain import policy as policies
from service_requests.domain.eligibility import Finding, alternatives
from service_requests.domain.policy import Answer
from service_requests.domain.return_ import Return
from shared.kernel.errors import Said


async def approve(uow: UnitOfWork, return_id: str, *, rma: str, note: str | None, at: datetime) -> Return:
    """Approve a return that waits for a person. `NotFound`, `IllegalMove`."""
    found = await uow.returns.get(return_id)
    found.approve(policies.known_as(found.policy), at=at, rma=rma, note=note)
    return found


async def refuse(uow: UnitOfWork, return_id: str, *, reason: Said, note: str | None, at: datetime) -> Return:
    """Refuse a return that waits for a person, in words the customer reads. `NotFound`, `IllegalMove`."""
    found = await uow.returns.get(return_id)
    policy = policies.known_as(found.policy)
    grounds = Finding("person", Answer.NO, "R2.5", reason, {})
    offers = alternatives(policy, (grounds, *found.referral))
    found.refuse(policy, grounds, offers, at=at, note=note)
    return found
