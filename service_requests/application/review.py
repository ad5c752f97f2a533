"""A person decides what the policy would not decide alone (R2.1, R2.5)."""

from datetime import datetime

from service_requests.application.ports import UnitOfWork
from service_requests.domain.facts import Wanted
from service_requests.domain.judging import judge, offers_of_a_person, policy_of
from service_requests.domain.return_ import Return
from service_requests.domain.rights.policy import Policy
from service_requests.domain.verdict import Answer, Finding, Verdict
from shared.kernel.errors import Said


async def approve(uow: UnitOfWork, return_id: str, *, by: str, rma: str, note: str | None, at: datetime) -> Return:
    """Approve a return that waits for a person. `NotFound`, `IllegalMove`, `SecondPersonNeeded`."""
    found = await uow.returns.get(return_id)
    verdict, _ = await _today(uow, found, at)
    found.approve(verdict, by=by, at=at, rma=rma, note=note)
    return found


async def refuse(uow: UnitOfWork, return_id: str, *, reason: Said, note: str | None, at: datetime) -> Return:
    """Refuse a return that waits for a person, in words the customer reads. `NotFound`, `IllegalMove`."""
    found = await uow.returns.get(return_id)
    verdict, policy = await _today(uow, found, at)
    grounds = Finding("person", Answer.NO, "R2.5", reason, {})
    found.refuse(verdict, grounds, offers_of_a_person(policy), at=at, note=note)
    return found


async def _today(uow: UnitOfWork, found: Return, at: datetime) -> tuple[Verdict, Policy]:
    """What the rules say today about what was asked then: the dates that follow from deciding now."""
    order, rules = await uow.orders.get(found.order_id), await uow.rulebook()
    verdict = judge(rules, order, asked(found), stated_at=found.created_at, at=at, kindness=found.kindness)
    return verdict, policy_of(rules, order)


def asked(found: Return) -> tuple[Wanted, ...]:
    """What was asked for, line by line, as it was."""
    return tuple(
        Wanted(
            line.line_id,
            line.quantity,
            line.reason,
            line.condition,
            line.states,
            line.proofs,
            described=line.comment is not None,
        )
        for line in found.lines
    )
