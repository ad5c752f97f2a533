"""Z03: what the intake of orders accepts, the calculation of refunds can settle, for any order of a shop.

The order is pushed as JSON, travels as the JSON of its event, and the whole of it is refunded under its guards. Both
services ask one judge, `shared.kernel.order_figures`.
"""

import asyncio
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, event, given, settings, strategies as st
from pydantic import TypeAdapter

from service_refunds.application.ledger.order_balances import demands_of, opening_balances
from service_refunds.domain.calculation.calculation import Calculation, calculate
from service_refunds.domain.calculation.imported_order import ImportedOrder, order_of
from service_refunds.domain.calculation.inputs.component import ComponentName
from service_refunds.domain.calculation.inputs.history import RefundHistory
from service_refunds.domain.calculation.inputs.refund_request import AcceptedUnit, LegalFacts, RefundRequest, Regime
from service_refunds.domain.calculation.inputs.refusal import OrderDoesNotAddUp
from service_refunds.domain.calculation.order_charge import CHARGE_RULES
from service_refunds.domain.known.known_order import KnownOrder
from service_refunds.domain.known.known_rule import UNSAID, refund_policy
from service_refunds.domain.ledger.balance import Balance, BalanceKey, reserve
from service_refunds.entrypoints.consumers import known_order
from service_requests.adapters.orders.order_event import order_contents
from service_requests.adapters.orders.order_rows import OrderRows, read
from service_requests.application.orders.order_import import import_order
from service_requests.domain.orders.order import AmountDoesNotFit, Order, OrderDoesNotReconcile
from service_requests.domain.orders.order_part import ChargeKind
from service_requests.domain.policy.rulebook import Rulebook
from service_requests.entrypoints.orders.order_shapes import OrderIn
from shared.contracts import events
from shared.kernel.errors import Malformed
from tests.unit.requests.builders import RULES

Json = dict[str, Any]
ROOT: Final = Path(__file__).parent.parent.parent
NOW: Final = datetime(2026, 11, 24, 12, tzinfo=UTC)
RATES: Final = ("0.19", "0.07", "0")
STATEMENTS: Final = {  # regime, seller at fault, by right
    "fault": (Regime.EU, True, False),
    "withdrawal": (Regime.EU, False, True),
    "UK withdrawal": (Regime.UK, False, True),
    "seven days": (Regime.CN, False, True),
    "contract": (Regime.US, False, False),
}


class Intake:
    """The unit of work of an import; no order is known."""

    def __init__(self) -> None:
        self.added: list[Order] = []

    @property
    def orders(self) -> "Intake":
        return self

    def add(self, order: Order) -> None:
        self.added.append(order)

    @property
    def articles(self) -> "Intake":
        return self

    async def read(self, _sku: str) -> None:
        return None

    async def order_by_number(self, _storefront: str, _number: str) -> Order | None:
        return None

    async def rulebook(self) -> Rulebook:
        return RULES


def accepted(pushed: Json) -> Order:
    """The order that requests keeps, as it is read from its row."""
    body = OrderIn.model_validate_json(json.dumps(pushed))
    uow: Any = Intake()
    order = asyncio.run(import_order(uow, body.snapshot("order_1", NOW), body.unpriced(), at=NOW)).snapshot
    root, _ = OrderRows().save(order)
    return read({**root.values, "snapshot": json.loads(json.dumps(root.values["snapshot"]))})


def judged(pushed: Json) -> tuple[Order | None, str]:
    """The order, or the code of the refusal, which always names a field."""
    try:
        return accepted(pushed), "accepted"
    except Malformed as refusal:
        return None, refusal.code if (refusal.pointer or "").startswith("/") else "no field"


def told(order: Order) -> KnownOrder:
    """The order that refunds keeps."""
    return known_order(
        events.OrderImported.model_validate_json(order_contents(order, events.OrderImported).model_dump_json())
    )


def a_push(**but: Any) -> Json:
    """One coat of 40.00, paid by card."""
    facts: Json = {
        "number": "N-1", "storefront": "shop", "customer_id": "anna", "regime": "EU", "currency": "EUR",
        "ordered_at": "2026-11-18T09:00:00Z", "lines": [a_line()],
        "tenders": [a_tender(4000)], "total_minor": 4000,
    }  # fmt: skip
    return facts | but


def a_line(line_id: str = "L1", paid: int = 4000, **but: Any) -> Json:
    return {"line_id": line_id, "sku": line_id, "name": line_id, "quantity": 1, "paid_minor": paid} | but


def a_tender(captured: int, kind: str = "card", tender_id: str = "T1") -> Json:
    return {"tender_id": tender_id, "kind": kind, "captured_minor": captured, "reference": f"ch {tender_id}"}


def tax(amount: int, rate: str = "0.19") -> Json:
    return {"rate": rate, "amount_minor": amount}


def refunded(known: KnownOrder, how: str, batches: list[dict[str, int]] | None = None) -> list[Calculation]:
    """Refunds of these pieces by line, one after the other, each reserved under the guards; all pieces at once."""
    regime, at_fault, by_right = STATEMENTS[how]
    order = order_of(known.imported)
    batches = [{line.id: line.quantity for line in order.lines}] if batches is None else batches
    balances: Mapping[BalanceKey, Balance] = {(each.kind, each.key): each for each in opening_balances(known.imported)}
    history, done, found = RefundHistory(), dict[str, int](), []
    for pieces in batches:
        units = []
        for line, count in pieces.items():
            first = done.get(line, 0)
            units += [AcceptedUnit(id=f"{line}#{first + number}", line=line) for number in range(count)]
            done[line] = first + count
        facts = LegalFacts(regime=regime, seller_at_fault=at_fault, statutory_withdrawal=by_right)
        calculation = calculate(
            RefundRequest(
                order=order, facts=facts, units=tuple(units), history=history, policy=refund_policy(UNSAID, None)
            )
        )
        balances = reserve(balances, demands_of(calculation))
        history = calculation.after()
        found.append(calculation)
    return found


def of(calculation: Calculation, *names: ComponentName) -> int:
    return calculation.of(*names).minor


CHARGE: Final = (ComponentName.ORDER_FEE_NET, ComponentName.ORDER_FEE_TAX)

amounts = st.integers(0, 20_000) | st.sampled_from([0, 1, 333, 1000])


@st.composite
def taxes(draw: st.DrawFn, paid: int) -> list[Json]:
    """Mostly a tax that fits, now and then the tax of the price before a discount."""
    most = paid + draw(st.sampled_from([0, 0, 0, 0, 0, 239]))
    rates = draw(st.lists(st.sampled_from(RATES), unique=True, max_size=2))
    return [tax(draw(st.integers(0, most // len(rates))), rate) for rate in rates] if most else []


@st.composite
def lines(draw: st.DrawFn, number: int, *, inclusive: bool) -> Json:
    quantity, paid = draw(st.integers(1, 4)), draw(amounts)
    line = a_line(f"L{number}", paid, quantity=quantity, taxes=draw(taxes(paid)))
    if draw(st.booleans()):
        off = draw(st.sampled_from([0, 0, 500]))
        net = paid - (0 if inclusive else sum(each["amount_minor"] for each in line["taxes"]))
        line |= {"unit_price_minor": max(0, (net + off) // quantity), "discount_minor": off}
    return line


@st.composite
def pushes(draw: st.DrawFn) -> Json:
    """Orders of every shape, most of them right."""
    inclusive = draw(st.booleans())
    goods = [draw(lines(number, inclusive=inclusive)) for number in range(draw(st.integers(1, 4)))]
    total: int = sum(line["paid_minor"] for line in goods)
    gross = total
    pushed: Json = {"prices_include_tax": inclusive, "bundles": [], "discounts": [], "charges": []}
    if draw(st.booleans()):
        paid = draw(amounts)
        parts = [a_line(f"B{number}", 0, bundle="SET", quantity=draw(st.integers(1, 3))) for number in range(2)]
        for part in parts:
            del part["paid_minor"]
        pushed["bundles"] = [
            {
                "bundle_id": "SET", "sku": "SET", "name": "Set", "paid_minor": paid, "taxes": draw(taxes(paid)),
                "parts": [{"line_id": part["line_id"], "weight_minor": draw(amounts)} for part in parts],
            }
        ]  # fmt: skip
        goods += parts
        total, gross = total + paid, gross + paid
    if draw(st.booleans()) and total:
        off = draw(st.integers(0, min(total, gross)))
        pushed["discounts"] = [{"discount_id": "D", "name": "Ten off", "amount_minor": off}]
        total -= off
    if draw(st.booleans()) and total:
        off = draw(st.integers(1, total))
        goods.insert(draw(st.integers(0, len(goods))), a_line("VOUCHER", -off))
        total -= off
    for kind in draw(st.lists(st.sampled_from([*ChargeKind]), max_size=3)):
        paid = draw(amounts)
        charge: Json = {
            "charge_id": f"C{len(pushed['charges'])}", "kind": kind.value,
            "paid_minor": paid, "taxes": draw(taxes(paid)),
        }  # fmt: skip
        if draw(st.booleans()):
            charge["line_id"] = draw(st.sampled_from([line["line_id"] for line in goods]))
        pushed["charges"].append(charge)
        total += paid
    freight = draw(amounts)
    standard = draw(st.none() | amounts)
    pushed["freight"] = {"paid_minor": freight, "standard_minor": standard, "taxes": draw(taxes(freight))}
    total += freight
    offers = [total, total, total, total // 3, 0, total + draw(st.sampled_from([0, 0, 1]))]
    captured: int = draw(st.sampled_from(offers))
    kinds = draw(st.lists(st.sampled_from(["card", "cash", "cash_on_delivery", "points", "other"]), max_size=2))
    tenders, left = [], captured
    for number, kind in enumerate(kinds):
        own = left if number == len(kinds) - 1 else draw(st.integers(0, left))
        tenders.append(a_tender(own, kind, f"T{number}"))
        left -= own
    return a_push(**pushed, lines=goods, tenders=tenders, total_minor=total)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(pushes(), st.sampled_from(sorted(STATEMENTS)), st.randoms(use_true_random=False))
def test_an_order_that_was_accepted_can_be_settled_whole_and_piece_by_piece(push: Json, how: str, chance: Any) -> None:
    """Z03, N06, H01."""
    order, code = judged(push)
    event(code)
    assert code != "no field"
    if order is None:
        return
    known = told(order)
    captured = sum(tender["captured_minor"] for tender in push["tenders"])
    [whole] = refunded(known, how)
    assert whole.total.minor == sum(refund.amount.minor for refund in whole.tenders) <= captured
    assert not any(fee.amount.minor < 0 for fee in whole.waived)
    pieces = [line.line_id for line in order.lines for _ in range(line.quantity)]
    chance.shuffle(pieces)
    parts = refunded(known, how, [{line: 1} for line in pieces])
    paid_back = sum(part.total.minor for part in parts)
    assert paid_back <= captured
    if STATEMENTS[how][1]:
        assert whole.total.minor == captured, "the seller's fault gives everything back that was paid"
        assert paid_back == captured
    if how.endswith("withdrawal"):
        assert of(whole, *CHARGE) == sum(charge["paid_minor"] for charge in push["charges"])
        assert sum(of(part, *CHARGE) for part in parts) == of(whole, *CHARGE)


def test_a_tax_that_a_discount_left_on_a_free_line_is_refused_at_that_line() -> None:
    """Z03: taken in, it stopped the refund of every other line for ever."""
    lines = [
        a_line("L1", 4000, unit_price_minor=4000, taxes=[tax(639)]),
        a_line("L2", 0, unit_price_minor=1499, discount_minor=1499, taxes=[tax(239)]),
    ]
    push = a_push(lines=lines)
    with pytest.raises(OrderDoesNotReconcile) as refusal:
        accepted(push)
    assert refusal.value.pointer == "/lines/1/taxes"
    lines[1]["taxes"] = [tax(0)]
    [whole] = refunded(told(accepted(push)), "withdrawal", [{"L1": 1}])
    assert whole.total.minor == 4000


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"freight": {"paid_minor": 0, "taxes": [tax(80)]}}, "/freight/taxes"),
        ({"charges": [{"charge_id": "C", "kind": "wrap", "paid_minor": 0, "taxes": [tax(1)]}]}, "/charges/0/taxes"),
        ({"prices_include_tax": False, "lines": [a_line(paid=4000, taxes=[tax(4001)])]}, "/lines/0/taxes"),
        ({"lines": [a_line(paid=4000, unit_price_minor=3999)]}, "/lines/0/paid_minor"),
        ({"lines": [a_line(paid=4000, quantity=3, unit_price_minor=1335)]}, "/lines/0/paid_minor"),
        ({"total_minor": 4001}, "/total_minor"),
        ({"tenders": [a_tender(4001)]}, "/tenders"),
        ({"discounts": [{"discount_id": "D", "name": "Off", "amount_minor": 4001}]}, "/discounts/0/amount_minor"),
        ({"lines": [a_line("V", -1), a_line("L1", 0)], "total_minor": 0, "tenders": []}, "/lines/0/paid_minor"),
        ({"lines": [a_line("V", -100), a_line("L1", 4100, taxes=[tax(4001)])]}, "/lines/1/taxes"),
        ({"lines": [a_line(taxes=[tax(-1)])]}, "/lines/0/taxes/0/amount_minor"),
        ({"lines": [{"line_id": "L1", "sku": "S", "name": "N", "quantity": 1}]}, "/lines/0/paid_minor"),
        ({"charges": [{"charge_id": "C", "kind": "tip", "paid_minor": 0, "line_id": "L9"}]}, "/charges/0/line_id"),
    ],
)
def test_what_a_refund_would_refuse_is_refused_at_the_push_by_its_field(wrong: Json, pointer: str) -> None:
    """Z03: further members: freight, charges, prices without tax, discounts sold as lines."""
    with pytest.raises((OrderDoesNotReconcile, AmountDoesNotFit, Malformed)) as refusal:
        accepted(a_push(**wrong))
    assert refusal.value.pointer == pointer
    assert refusal.value.say("en").isascii()
    assert not refusal.value.say("zh-CN").isascii()


def test_both_services_name_the_same_field() -> None:
    """Z03: refunds asks the same judge, so that an order that came another way is refused with the same pointer."""
    order = accepted(a_push())
    told_wrong = order_contents(order, events.OrderImported).model_copy(update={"total_minor": 4001})
    with pytest.raises(OrderDoesNotAddUp) as refusal:
        order_of(known_order(told_wrong).imported)
    assert refusal.value.pointer == "/total_minor"


@pytest.mark.parametrize("name", ["Gift\twrap", "礼品\u3000包装", "wrap\u200d", "\U0001f381", "\u202ewrap"])
def test_a_name_that_a_person_wrote_never_stops_a_refund(name: str) -> None:
    """Z03: a tab in the name of a charge was no printable text for the calculation."""
    charge = {"charge_id": "C 1", "kind": "wrap", "name": name, "paid_minor": 350}
    known = told(accepted(a_push(charges=[charge], total_minor=4350, tenders=[a_tender(4350)])))
    [whole] = refunded(known, "withdrawal")
    assert whole.total.minor == 4350


def test_gift_wrap_and_cash_on_delivery_fee_go_back_with_the_whole_order() -> None:
    """Z05: goods 2 x 40.00, wrap 3.50, fee 2.00, postage 5.90; the return waits for goods only."""
    push = a_push(
        lines=[a_line(quantity=2, paid=8000, unit_price_minor=4000)],
        charges=[
            {"charge_id": "wrap", "kind": "wrap", "paid_minor": 350, "taxes": [tax(56)]},
            {"charge_id": "cod", "kind": "payment_fee", "paid_minor": 200},
        ],
        freight={"paid_minor": 590, "taxes": [tax(94)]},
        tenders=[a_tender(9140, "cash_on_delivery")],
        total_minor=9140,
    )
    known = told(accepted(push))
    assert [whole.total.minor for whole in refunded(known, "withdrawal")] == [9140]
    first, second = refunded(known, "withdrawal", [{"L1": 1}, {"L1": 1}])
    assert (of(first, *CHARGE), of(second, *CHARGE)) == (275, 275)
    assert first.total.minor + second.total.minor == 9140
    assert whole_kinds(known) == {"bank"}


def whole_kinds(known: KnownOrder) -> set[str]:
    return {tender.kind.value for tender in order_of(known.imported).tenders}


# by kind: with one of two pieces, then with the other; EU withdrawal, seller's fault in the US, contract in the US
BACK: Final = {
    "wrap": ((150, 151), (150, 151), (150, 151)),
    "payment_fee": ((150, 151), (150, 151), (150, 151)),
    "insurance": ((150, 151), (150, 151), (150, 151)),
    "duty": ((150, 151), (150, 151), (150, 151)),
    "other": ((150, 151), (150, 151), (150, 151)),
    "tip": ((0, 301), (0, 301), (0, 301)),
}


@pytest.mark.parametrize("line_id", [None, "L1"])
@pytest.mark.parametrize("kind", ChargeKind)
def test_every_kind_of_charge_has_its_rule(kind: ChargeKind, line_id: str | None) -> None:
    """Z05, CRD 13(1): the table, with a charge for the order and one for a line."""
    charge = {"charge_id": "C", "kind": kind.value, "paid_minor": 301, "line_id": line_id}
    lines = [a_line("L1", 3000, quantity=2)] + ([a_line("L2", 999)] if line_id else [])
    total = sum(line["paid_minor"] for line in lines) + 301
    push = a_push(lines=lines, charges=[charge], total_minor=total, tenders=[a_tender(total)])
    for how, expected in zip(("withdrawal", "fault", "contract"), BACK[kind.value], strict=True):
        batches = [{"L1": 1}, {"L1": 1, **({"L2": 1} if line_id else {})}]
        found = refunded(told(accepted(push)), how, batches)
        rounded = tuple(of(each, *CHARGE) for each in found)
        assert rounded in {expected, expected[::-1] if kind is not ChargeKind.TIP else expected}, how
        if line_id and kind is not ChargeKind.TIP:
            other = refunded(told(accepted(push)), how, [{"L2": 1}])
            assert of(other[0], *CHARGE) == 0, "a charge for another line"


def test_of_a_deposit_no_more_than_the_deposit_goes_back() -> None:
    """Z36: 300.00 of 1,000.00 was paid; the statement says what had not been paid."""
    lines = [a_line("SOFA", 70000), a_line("CHAIR", 30000)]
    push = a_push(lines=lines, total_minor=100000, tenders=[a_tender(30000)])
    known = told(accepted(push))
    [whole] = refunded(known, "withdrawal")
    assert (whole.total.minor, of(whole, ComponentName.UNPAID)) == (30000, -70000)
    chair, sofa = refunded(known, "withdrawal", [{"CHAIR": 1}, {"SOFA": 1}])
    assert (chair.total.minor, sofa.total.minor, of(sofa, ComponentName.UNPAID)) == (30000, 0, -70000)


@pytest.mark.parametrize("currency", ["EUR", "JPY", "KWD"])
@pytest.mark.parametrize("tenders", [[], [a_tender(0, "cash_on_delivery")]])
def test_an_order_of_which_nothing_was_paid_is_taken_in_and_closed_without_money(
    tenders: list[Json], currency: str
) -> None:
    """Z36: free goods, and cash on delivery that nobody has collected yet."""
    for lines, total in (([a_line(paid=0), a_line("L2", 0)], 0), ([a_line()], 4000)):
        push = a_push(lines=lines, total_minor=total, tenders=tenders, currency=currency)
        [whole] = refunded(told(accepted(push)), "withdrawal")
        assert not whole.needs_payment
        assert whole.total.minor == 0


def test_a_discount_that_was_sold_as_a_line_is_shared_once_and_kept() -> None:
    """A17: 3 lines, 10.00 off with its tax; a part return gives each line what was really paid for it."""
    lines = [
        a_line("L1", 3333, taxes=[tax(532)]),
        a_line("OFF", -1000, unit_price_minor=-1000, taxes=[tax(-160)]),
        a_line("L2", 3333, taxes=[tax(532)]),
        a_line("L3", 3334, taxes=[tax(533)]),
    ]
    order = accepted(a_push(lines=lines, total_minor=9000, tenders=[a_tender(9000)]))
    assert [line.line_id for line in order.lines] == ["L1", "L2", "L3"]
    assert [line.paid_minor for line in order.lines] == [3000, 3000, 3000]
    assert sum(each.amount_minor for line in order.lines for each in line.taxes) == 1437
    assert [(each.discount_id, each.amount_minor) for each in order.discounts] == [("OFF", 1000)]
    parts = refunded(told(order), "withdrawal", [{"L2": 1}, {"L1": 1}, {"L3": 1}])
    assert [part.total.minor for part in parts] == [3000, 3000, 3000]


def test_the_price_of_a_set_is_shared_by_the_prices_alone() -> None:
    """A17, Z05: bundles: a set of 50.00, parts 40.00 and 20.00 alone, one part comes back."""
    parts = [{"line_id": "CUP", "weight_minor": 4000}, {"line_id": "POT", "weight_minor": 2000}]
    lines = [{"line_id": each["line_id"], "sku": "S", "name": "N", "quantity": 1} for each in parts]
    bundle = {"bundle_id": "SET", "sku": "TEA-SET", "name": "Tea set", "paid_minor": 5000, "taxes": [tax(798)]}
    push = a_push(lines=lines, bundles=[bundle | {"parts": parts}], total_minor=5000, tenders=[a_tender(5000)])
    order = accepted(push)
    assert [(line.paid_minor, line.unit_price_minor, line.bundle) for line in order.lines] == [
        (3333, 3333, "SET"),
        (1667, 1667, "SET"),
    ]
    first, rest = refunded(told(order), "withdrawal", [{"POT": 1}, {"CUP": 1}])
    assert (first.total.minor, rest.total.minor) == (1667, 3333)


def test_five_hundred_lines_and_a_price_that_does_not_multiply() -> None:
    """Z36: 3 x 333 for 1000; 500 lines."""
    lines = [a_line(f"L{number}", 1000, quantity=3, unit_price_minor=333) for number in range(500)]
    push = a_push(lines=lines, total_minor=500_000, tenders=[a_tender(500_000)])
    [whole] = refunded(told(accepted(push)), "withdrawal")
    assert whole.total.minor == 500_000


def test_a_kind_of_charge_that_is_not_known_yet_has_a_rule_all_the_same() -> None:
    """Z03: an event of a newer requests service, and its row."""
    charge = {"charge_id": "C", "kind": "wrap", "paid_minor": 350, "line_id": "L1"}
    push = a_push(charges=[charge], total_minor=4350, tenders=[a_tender(4350, "points")])
    event_of = order_contents(accepted(push), events.OrderImported)
    [told_charge] = event_of.charges
    newer = event_of.model_copy(update={"charges": (told_charge.model_copy(update={"kind": "recycling"}),)})
    known = known_order(newer)
    [whole] = refunded(known, "withdrawal")
    assert whole.total.minor == 4350
    kept = TypeAdapter(ImportedOrder).validate_python(json.loads(json.dumps(dict(known.snapshot))))
    assert kept == known.imported


@pytest.mark.parametrize("page", ["docs/reference/orders.md", "docs/zh/reference/orders.md"])
def test_the_order_of_the_documentation_comes_back_to_the_cent(page: str) -> None:
    """A17: the example is pushed and refunded as a whole."""
    found = re.search(r"```json\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    push = json.loads(found[1])
    [whole] = refunded(told(accepted(push)), "fault")
    assert whole.total.minor == push["total_minor"]


def test_both_pages_have_the_same_table_of_charges_as_the_calculation() -> None:
    """Z05: every kind stands in both tables."""
    for page in ("docs/reference/orders.md", "docs/zh/reference/orders.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        assert all(f"| `{kind.value}`" in text for kind in CHARGE_RULES)
    assert {kind.value for kind in CHARGE_RULES} == {kind.value for kind in ChargeKind}


def test_an_event_of_the_first_release_is_read_as_before() -> None:
    """N01: without charges, discounts, shares and means; its row likewise."""
    sample = json.loads((ROOT / "shared/contracts/samples/order.imported.v1.json").read_text())["data"]
    for name in ("charges", "discounts"):
        del sample[name]
    for part, name in [
        *((line, "shares") for line in sample["lines"]),
        *((each, "means") for each in sample["tenders"]),
    ]:
        del part[name]
    sample["lines"][0] |= {"discount_minor": 1538}
    del sample["lines"][0]["bundle"]
    sample |= {"total_minor": 19462}
    sample["tenders"][1]["captured_minor"] = 14462
    known = known_order(events.OrderImported.model_validate_json(json.dumps(sample)))
    assert (known.imported.charges, known.imported.discounts) == ((), ())
    assert TypeAdapter(ImportedOrder).validate_python(sample) == known.imported
    [whole] = refunded(known, "withdrawal")
    assert whole.total.minor == 19462
