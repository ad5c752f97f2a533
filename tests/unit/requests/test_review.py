"""A person decides days after the request: what she said is judged as of her day, what follows counts from today."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import pytest

from service_requests.adapters.policy import policy_documents as documents
from service_requests.application.returns import request
from service_requests.application.returns.request import CommentedLine, ReturnRequest
from service_requests.application.review import review
from service_requests.domain.eligibility.case_of_order import Goodwill
from service_requests.domain.orders.later_facts import LaterFacts
from service_requests.domain.orders.order import Order
from service_requests.domain.policy.rulebook import Rulebook
from service_requests.domain.policy.vocabulary import Fault, Payer
from service_requests.domain.returns import events as return_events, requested_lines
from service_requests.domain.returns.progress.service_norms import DEFAULT_NORMS, ServiceNorms
from service_requests.domain.returns.return_ import Return
from service_requests.domain.returns.return_error import SecondPersonNeeded
from service_requests.domain.returns.return_status import ReturnStatus
from shared.kernel.errors import Forbidden, Said
from shared.kernel.principal import Kind, Principal, Role
from tests.support.keeping import Kept
from tests.unit.requests.builders import NOON, RMA, RULES, a_line, a_requested_line, an_order
from tests.unit.requests.policy_builders import a_policy_document, days_for, raw

ANNA = Principal(Kind.CUSTOMER, "anna", frozenset({Role.CUSTOMER}))
EIGHT_DAYS = timedelta(days=8)


@dataclass
class House:
    """Orders and returns in dictionaries, and the rules."""

    orders: Kept[Order]
    returns: Kept[Return]
    rules: Rulebook = RULES
    norms: ServiceNorms = DEFAULT_NORMS
    facts: Kept[LaterFacts] = field(default_factory=Kept)

    def claim(self, order_id: str, line_id: str, numbers: Sequence[int], by: str) -> None:
        """The claims are kept by the database."""

    async def rulebook(self) -> Rulebook:
        return self.rules

    async def units_held(self, order_id: str) -> dict[str, frozenset[int]]:
        return {}


def a_house(*, rules: Rulebook = RULES, **order: Any) -> Any:
    return House(Kept({"order_1": an_order(**order)}), Kept(), rules)


async def asked(house: Any, *lines: CommentedLine, by: Principal = ANNA, **but: Any) -> Return:
    """She has asked at noon."""
    numbers = iter(range(1, 100))
    made = await request.request_return(
        house,
        ReturnRequest(order_id="order_1", lines=lines, by=by, **but),
        return_id="ret_1",
        new_id=lambda kind: f"{kind}_{next(numbers)}",
        new_rma=lambda: RMA,
        at=NOON,
    )
    made.events.clear()
    return made


def with_a_kind_window(*, person: bool) -> Rulebook:
    """Within its 14 days the shop pays the way back of clothing; of everything else the customer pays 4.95.

    `person`: one decides about a change of mind. An agent may be late by two weeks, above 50.00 with a second one.
    """
    goodwill = {
        "role": "agent",
        "up_to": {"amount_minor": 10_000, "currency": "EUR"},
        "days_late": 14,
        "second_above": {"amount_minor": 5_000, "currency": "EUR"},
    }
    reasons = {
        "changed_mind": {"says": {"en": "a", "zh-CN": "a"}, "fault": "customer", "person": person},
        "faulty": {"says": {"en": "b", "zh-CN": "b"}, "fault": "merchant"},
    }
    freight = [
        {
            "id": "ours",
            "when": {"category": {"any_of": ["clothing"]}},
            "cause": "change_of_mind",
            "payer": "merchant",
        },
        {
            "id": "yours",
            "when": {"regime": {"is": "EU"}},
            "cause": "change_of_mind",
            "payer": "customer",
            "amount": {"amount_minor": 495, "currency": "EUR"},
        },
    ]
    document = a_policy_document(reasons=reasons, freight=freight, windows=[days_for(14)], goodwill=[goodwill])
    policy = documents.publishable_policy(raw(document), RULES.regimes, RULES.calendars)
    return Rulebook((policy, *RULES.policies), RULES.regimes, RULES.calendars)


async def test_a_return_is_judged_as_of_the_day_on_which_she_asked_for_it() -> None:
    """B01, R2.1: asked for in time, decided about when the window is long over: what she was promised holds."""
    house = a_house(rules=with_a_kind_window(person=True), delivered_at=NOON - timedelta(days=12))
    found = await asked(house, CommentedLine(a_requested_line()))
    assert found.status is ReturnStatus.IN_REVIEW
    await review.approve(house, found.id, by="staff:li", rma=RMA, note=None, at=NOON + EIGHT_DAYS)
    assert found.shipments.instructions is not None
    assert found.shipments.instructions.freight_payer is Payer.MERCHANT


async def test_what_follows_from_an_approval_counts_from_the_day_of_the_approval() -> None:
    """D06: two weeks for sending, not what a week of waiting has left of them."""
    house = a_house()
    found = await asked(house, CommentedLine(a_requested_line(reason="unsafe")))
    await review.approve(house, found.id, by="staff:li", rma=RMA, note="kept", at=NOON + EIGHT_DAYS)
    assert found.shipments.instructions is not None
    assert found.shipments.instructions.ship_by == (NOON + EIGHT_DAYS).date() + timedelta(days=14)
    assert found.promises.ship_until is not None
    assert found.promises.ship_until > NOON + EIGHT_DAYS + timedelta(days=14)
    assert (found.created_at, found.updated_at) == (NOON, NOON + EIGHT_DAYS)
    assert found.events == [return_events.Approved(NOON + EIGHT_DAYS, by_policy=False, rma=RMA)]


async def test_a_refusal_by_a_person_can_be_objected_to_from_its_own_day_on() -> None:
    """R2.5."""
    house = a_house()
    found = await asked(house, CommentedLine(a_requested_line(reason="unsafe")))
    reason = Said("Not ours.", "非本店商品。")
    await review.refuse(house, found.id, reason=reason, note="kept", at=NOON + EIGHT_DAYS)
    assert found.review.ruling is not None
    assert found.review.ruling.object_by == date(2026, 12, 16)
    assert (found.review.ruling.note, found.review.ruling.reasons[0].says) == ("kept", reason)
    assert found.updated_at == NOON + EIGHT_DAYS


async def test_goodwill_is_still_goodwill_when_a_colleague_agrees_to_it() -> None:
    """B09: the giver may not agree; the colleague judges the same kindness."""
    giver = Principal(Kind.STAFF, "wu", frozenset({Role.AGENT, Role.FINANCE}))
    house = a_house(rules=with_a_kind_window(person=False), delivered_at=NOON - timedelta(days=20))
    found = await asked(house, CommentedLine(a_requested_line()), by=giver, goodwill="bereavement")
    assert found.review.goodwill == Goodwill("staff:wu", "agent", "bereavement")
    assert found.status is ReturnStatus.IN_REVIEW
    with pytest.raises(SecondPersonNeeded):
        await review.approve(house, found.id, by="staff:wu", rma=RMA, note=None, at=NOON + EIGHT_DAYS)
    await review.approve(house, found.id, by="staff:li", rma=RMA, note=None, at=NOON + EIGHT_DAYS)
    assert found.shipments.instructions is not None
    assert found.shipments.instructions.freight_payer is Payer.MERCHANT


@pytest.mark.parametrize(
    ("roles", "role"),
    [
        ({Role.AGENT}, "agent"),
        ({Role.AGENT, Role.SUPERVISOR}, "supervisor"),
        ({Role.SUPERVISOR, Role.ADMIN, Role.AGENT}, "merchant_admin"),
        ({Role.WAREHOUSE, Role.AGENT}, "agent"),
    ],
)
async def test_goodwill_is_given_in_the_highest_role_of_the_giver(roles: set[Role], role: str) -> None:
    """B09: who has two roles is held to the limits of the higher one."""
    giver = Principal(Kind.STAFF, "wu", frozenset(roles))
    found = await asked(a_house(), CommentedLine(a_requested_line()), by=giver, goodwill="bereavement")
    assert found.review.goodwill == Goodwill("staff:wu", role, "bereavement")


@pytest.mark.parametrize(
    "by",
    [
        ANNA,
        Principal(Kind.SYSTEM, "shop", frozenset({Role.STOREFRONT})),
        Principal(Kind.STAFF, "wu", frozenset({Role.WAREHOUSE})),
    ],
)
async def test_who_may_give_no_goodwill_gives_none(by: Principal) -> None:
    """B09."""
    with pytest.raises(Forbidden):
        await asked(a_house(), CommentedLine(a_requested_line()), by=by, goodwill="bereavement")


async def test_a_return_keeps_what_its_order_says_and_not_what_others_say() -> None:
    """Language, law and money of the order; the channel of who asks; each line with its own fault, payer and right."""
    house = a_house(
        language="zh-CN",
        regime="CN",
        currency="CNY",
        number="N-77",
        lines=(a_line(), a_line(line_id="L2", sku="SCARF", name="Scarf", quantity=3, paid_minor=6000)),
        tenders=(),
    )
    mind = CommentedLine(a_requested_line(line_id="L2", quantity=2, proofs=("photo",)), "too red")
    fault = CommentedLine(
        a_requested_line(line_id="L1", reason="defective", condition="damaged", states=("worn",)), None
    )
    agent = Principal(Kind.STAFF, "li", frozenset({Role.AGENT}))
    found = await asked(house, mind, fault, by=agent)
    assert (found.order.language, found.order.regime, found.order.currency, found.channel) == (
        "zh-CN",
        "CN",
        "CNY",
        "agent",
    )
    assert (found.order.number, found.order.customer_id, found.whole_order) == ("N-77", "anna", False)
    scarf, coat = found.lines
    assert (scarf.sku, scarf.fault, scarf.payer, scarf.by_right) == ("SCARF", Fault.CUSTOMER, Payer.CUSTOMER, True)
    assert (coat.sku, coat.fault, coat.payer, coat.by_right) == ("COAT-M", Fault.MERCHANT, Payer.MERCHANT, False)
    assert (scarf.comment, scarf.proofs, scarf.states) == ("too red", ("photo",), ())
    assert (coat.comment, coat.proofs, coat.states) == (None, (), ("worn",))
    assert [(unit.line_id, unit.place) for unit in found.units] == [("L2", 0), ("L2", 0), ("L1", 1)]
    assert len({(unit.line_id, unit.unit_no) for unit in found.units}) == 3


@pytest.mark.parametrize(("quantities", "whole"), [((2, 1), True), ((1, 1), False), ((2, 0), False)])
async def test_an_order_comes_back_whole_when_every_piece_does(quantities: tuple[int, int], whole: bool) -> None:
    """3.4: two lines of one piece each are not the whole of an order with three."""
    lines = [
        CommentedLine(a_requested_line(line_id=f"L{n}", quantity=count))
        for n, count in enumerate(quantities, 1)
        if count
    ]
    assert (await asked(a_house(), *lines)).whole_order is whole


async def test_what_is_judged_again_is_what_was_asked() -> None:
    """B10: states, proofs and whether she wrote something are part of the question."""
    line = a_requested_line(reason="unsafe", condition="opened", states=("worn",), proofs=("photo",), quantity=2)
    found = await asked(a_house(), CommentedLine(line, "It smells."), CommentedLine(a_requested_line(line_id="L2")))
    assert requested_lines.requested_lines(found) == (replace(line, described=True), a_requested_line(line_id="L2"))
