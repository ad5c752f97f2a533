"""Random orders and random ways to return the same pieces, which must sum to the same (Z08, `make paths`).

A case is made from a seed and nothing else. It has lines with tax at several rates, discounts with and without a rule,
freight, fees, gifts, tenders, and pieces with their own facts, which come back in several orders and groupings.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Final, TypeVar

from service_refunds.domain.calculation.calculation import Calculation, calculate
from service_refunds.domain.calculation.fee_bar import WaiverReason
from service_refunds.domain.calculation.inputs.charge import PriceMode, Tax
from service_refunds.domain.calculation.inputs.history import RefundHistory
from service_refunds.domain.calculation.inputs.order import Order, with_shares
from service_refunds.domain.calculation.inputs.order_line import OrderLine
from service_refunds.domain.calculation.inputs.order_part import ChargeKind, Gift, OrderDiscount, OrderFee, Shipment
from service_refunds.domain.calculation.inputs.policy import FreightRule, PromotionMode, RefundPolicy, TenderOrder
from service_refunds.domain.calculation.inputs.promotion_rule import (
    PromotionRule,
    SetPart,
    SetPrice,
    Threshold,
    ThresholdStep,
    discount_of,
)
from service_refunds.domain.calculation.inputs.refund_request import (
    AcceptedUnit,
    LegalFacts,
    OfferAnswer,
    RefundRequest,
    Regime,
)
from service_refunds.domain.calculation.inputs.returned_group import summed
from service_refunds.domain.calculation.inputs.tender import Tender, TenderKind
from service_refunds.domain.known.known_rule import UNSAID, RefundChoice, refund_policy
from shared.kernel.money import Money

CURRENCIES: Final = ("JPY", "KRW", "EUR", "CNY", "USD", "KWD", "BHD")
RATES: Final = ("0", "7", "8", "8.875", "19")
SUMS = Counter[tuple[str, str, str]]
Each = TypeVar("Each")


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece that comes back, whether the seller is at fault, and the price of its own label."""

    unit: AcceptedUnit
    at_fault: bool
    gift: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """An order, the law and the policy, and the pieces that come back in any order."""

    order: Order
    facts: LegalFacts
    policy: RefundPolicy
    pieces: tuple[Piece, ...]
    choices: Mapping[str, RefundChoice] = field(default_factory=dict)
    """What the merchant's policy chooses for each line, as an approval tells it. It replaces `policy`."""

    def of(self, piece: Piece) -> tuple[bool, RefundChoice]:
        """What the pieces of one refund have in common."""
        return piece.at_fault, self.choices.get(piece.unit.line, UNSAID)

    def policy_of(self, piece: Piece) -> RefundPolicy:
        """The policy for this piece."""
        if not self.choices:
            return self.policy
        chosen = refund_policy(self.choices[piece.unit.line], self.policy.tender_order.value)
        return replace(chosen, charge_lost_free_shipping=False)

    def facts_of(self, piece: Piece) -> LegalFacts:
        """The facts for this piece."""
        facts = replace(self.facts, seller_at_fault=piece.at_fault)
        if self.choices:
            facts = replace(facts, fees_disclosed=self.choices[piece.unit.line].restocking_bp > 0)
        return facts


def case_of(seed: int) -> Case:
    """The case of this seed."""
    dice = Random(seed)
    order = _with_kinds(_order(dice), Random(f"charges {seed}"))
    regime = dice.choice(list(Regime))
    facts = LegalFacts(
        regime=regime,
        statutory_withdrawal=dice.random() < 0.5,
        freight_disclosed=True,
        freight_told_before_contract=True,
        fees_disclosed=dice.random() < 0.7,
        re_rating_disclosed=dice.random() < 0.7,
    )
    fixed = dice.random() < 0.2
    policy = RefundPolicy(
        promotion_mode=dice.choice([None, *PromotionMode]),
        tender_order=dice.choice(list(TenderOrder)),
        contract_freight=dice.choice(list(FreightRule)),
        part_withdrawal_freight=dice.choice(list(FreightRule)),
        contract_freight_standard_only=dice.random() < 0.5,
        charge_lost_free_shipping=False,
        refund_order_fees=dice.random() < 0.5,
        charge_waived_card_fee=dice.random() < 0.3,
        restocking_bp=0 if fixed else dice.choice([0, 1_000, 1_500]),
        restocking_fixed=Money(dice.randint(1, 3_000), order.currency) if fixed else None,
    )
    return Case(order, facts, policy, _pieces(dice, order))


def case_with_choices(seed: int) -> Case:
    """The same with fees, freight and discounts that a policy chooses by category, so that one parcel has groups."""
    case, dice = case_of(seed), Random(f"choices {seed}")
    pairs = [("none", "none"), (None, None)]
    pairs += [(whole, part) for whole in ("full", "standard_only") for part in ("none", "proportional", "last_item")]
    categories = [
        RefundChoice(dice.choice([0, 500, 1_000]), *dice.choice(pairs), dice.choice([None, *map(str, PromotionMode)]))
        for _ in range(2)
    ]
    return replace(case, choices={line.id: dice.choice(categories) for line in case.order.lines})


def ways_of(case: Case, seed: int) -> list[list[list[Piece]]]:
    """All pieces at once, one by one in two orders, and in random parcels. The pieces of a parcel that differ in fault
    or in what the policy chooses get refunds of their own.
    """
    dice = Random(seed)
    shuffled = dice.sample(case.pieces, len(case.pieces))
    ways = [[list(case.pieces)], [[piece] for piece in case.pieces], [[piece] for piece in shuffled]]
    for _ in range(2):
        rest, parcels = dice.sample(case.pieces, len(case.pieces)), list[list[Piece]]()
        while rest:
            size = dice.randint(1, len(rest))
            parcels.append(list(rest[:size]))
            rest = rest[size:]
        ways.append(parcels)
    return [[part for parcel in way for part in _alike(case, parcel, dice)] for way in ways]


def walk(case: Case, way: Sequence[Sequence[Piece]], before: RefundHistory | None = None) -> list[Calculation]:
    """The refunds of this way, one after the other."""
    history, done = before or RefundHistory(), list[Calculation]()
    for parcel in way:
        request = RefundRequest(
            order=case.order,
            facts=case.facts_of(parcel[0]),
            units=tuple(piece.unit for piece in parcel),
            history=history,
            policy=case.policy_of(parcel[0]),
            missing_gifts=tuple(dict.fromkeys(piece.gift for piece in parcel if piece.gift)),
        )
        done.append(calculate(request))
        history = done[-1].after()
    return done


def sums_of(done: Sequence[Calculation]) -> SUMS:
    """What all refunds gave by component, subject and tax rate."""
    sums: SUMS = Counter()
    for calculation in done:
        for part in summed(calculation.components):
            sums[part.name.value, part.subject, part.rate] += part.amount.minor
    return Counter({key: minor for key, minor in sums.items() if minor})


def owed_of(done: Sequence[Calculation]) -> SUMS:
    """The same with the fees that the last refund was too small for: they wait for the next goods of the order."""
    sums = sums_of(done)
    for fee in done[-1].waived:
        if fee.reason is WaiverReason.REFUND_TOO_SMALL:
            sums[fee.name.value, fee.subject, ""] -= fee.amount.minor
    return Counter({key: minor for key, minor in sums.items() if minor})


def shuffled_lists(case: Case, seed: int) -> Case:
    """The same case with every list in another order that has no meaning."""
    dice, order = Random(seed), case.order
    lines = [replace(line, taxes=_mixed(dice, line.taxes)) for line in order.lines]
    mixed = replace(
        order,
        lines=_mixed(dice, lines),
        shipments=_mixed(dice, order.shipments),
        fees=_mixed(dice, order.fees),
        gifts=_mixed(dice, order.gifts),
    )
    return replace(case, order=mixed, pieces=_mixed(dice, case.pieces))


def _mixed(dice: Random, some: Sequence[Each]) -> tuple[Each, ...]:
    return tuple(dice.sample(list(some), len(some)))


def _alike(case: Case, parcel: Sequence[Piece], dice: Random) -> list[list[Piece]]:
    parts: dict[tuple[bool, RefundChoice], list[Piece]] = {}
    for piece in parcel:
        parts.setdefault(case.of(piece), []).append(piece)
    return dice.sample(list(parts.values()), len(parts))


def _pieces(dice: Random, order: Order) -> tuple[Piece, ...]:
    everything = dice.random() < 0.3
    faults = dice.choice([0.0, 0.0, 0.3, 1.0])
    found = []
    for line in order.lines:
        for number in range(line.quantity):
            if everything or dice.random() < 0.6:
                lossy = dice.random() < 0.2
                unit = AcceptedUnit(
                    id=f"{line.id}/{number}",
                    line=line.id,
                    grade=dice.choice("BCD") if lossy else "",
                    evidence=True,
                    customer_told=True,
                    answer=OfferAnswer.ACCEPTED if lossy else None,
                )
                gift = dice.choice(order.gifts).id if order.gifts and dice.random() < 0.2 else ""
                found.append(Piece(unit, dice.random() < faults, gift))
    return tuple(found) or _pieces(dice, order)


def _order(dice: Random) -> Order:
    currency, mode = dice.choice(CURRENCIES), dice.choice(list(PriceMode))

    def money(least: int, most: int) -> Money:
        return Money(dice.randint(least, most), currency)

    lines = [
        OrderLine(id=f"L{number}", quantity=dice.randint(1, 3), paid=money(0, dice.choice([200, 5_000, 40_000])))
        for number in range(dice.randint(1, 4))
    ]
    discounts: list[OrderDiscount] = []
    for number in range(dice.randint(0, 2)):
        now = with_shares(lines, discounts)
        names = tuple(line.id for line in lines) if dice.random() < 0.6 else (dice.choice(lines).id,)
        covered = [line for line in now if line.id in names]
        amounts = {line.id: line.paid.minor for line in covered}
        rule = _rule(dice, covered, sum(amounts.values()), currency)
        off = sum(amounts.values()) // 10
        if rule is not None:
            off = discount_of(rule, amounts, {line.id: line.quantity for line in covered})
        discounts.append(OrderDiscount(id=f"D{number}", amount=Money(off, currency), lines=names, rule=rule))
    taxed = [_taxed(dice, line, mode) for line in with_shares(lines, discounts)]
    shipments = tuple(
        Shipment(
            id=f"S{number}",
            paid=money(0, 2_000),
            lines=() if dice.random() < 0.6 else (dice.choice(lines).id,),
            standard=money(0, 1_500) if dice.random() < 0.5 else None,
        )
        for number in range(dice.randint(0, 2))
    )
    order = Order(
        currency=currency,
        lines=tuple(taxed),
        mode=mode,
        discounts=tuple(discounts),
        shipments=shipments,
        fees=tuple(
            OrderFee(id=f"F{n}", paid=money(1, 500), surcharge=dice.random() < 0.5) for n in range(dice.randint(0, 2))
        ),
        gifts=tuple(Gift(f"G{n}", money(1, 900)) for n in range(dice.randint(0, 2))),
    )
    due = sum(charge.gross(mode) for charge in order.charges())
    cut = dice.randint(0, due)
    kinds = list(TenderKind)
    tenders = [
        Tender(id="T1", kind=dice.choice(kinds), captured=Money(cut, currency), waived_fee=Money(cut // 50, currency)),
        Tender(id="T2", kind=dice.choice(kinds), captured=Money(due - cut, currency)),
    ]
    return replace(order, tenders=tuple(tenders))


def _with_kinds(order: Order, dice: Random) -> Order:
    """Charges of every kind, for the order or for one line, some of them with tax in their price."""
    fees = []
    for fee in order.fees:
        tax = Money(dice.randint(0, fee.paid.minor), order.currency)
        fees.append(
            replace(
                fee,
                kind=dice.choice([None, *ChargeKind]),
                line=dice.choice(["", dice.choice(order.lines).id]),
                taxes=(Tax("19", tax),) if order.mode is PriceMode.INCLUSIVE and dice.random() < 0.5 else (),
            )
        )
    return replace(order, fees=tuple(fees))


def _rule(dice: Random, lines: Sequence[OrderLine], whole: int, currency: str) -> PromotionRule | None:
    kind = dice.choice(("none", "percent", "from", "steps", "every", "set"))
    low, off = max(1, dice.randint(whole // 3, max(1, whole))), Money(dice.randint(0, whole // 6 + 1), currency)
    if kind == "percent":
        return Threshold((ThresholdStep(Money(0, currency), percent_bp=dice.randint(100, 3_000)),))
    if kind == "set":
        return SetPrice(tuple(SetPart(line.id, 1) for line in lines[:2]), off)
    if kind == "none":
        return None
    steps = [ThresholdStep(Money(low, currency), off)]
    if kind == "steps":
        steps.append(ThresholdStep(Money(low // 2, currency), Money(off.minor // 3, currency)))
    return Threshold(tuple(steps), repeats=kind == "every")


def _taxed(dice: Random, line: OrderLine, mode: PriceMode) -> OrderLine:
    rates = dice.sample(RATES, dice.randint(0, 2))
    most = line.paid.minor // (len(rates) or 1) if mode is PriceMode.INCLUSIVE else line.paid.minor
    return replace(
        line, taxes=tuple(Tax(rate, Money(dice.randint(0, most // 4), line.paid.currency)) for rate in rates)
    )


def differences(case: Case, seed: int) -> list[str]:
    """What depends on the way, in words; nothing when the sums of all ways are the same and none is below zero."""
    ways = ways_of(case, seed)
    done = [walk(case, way) for way in ways]
    expected = owed_of(done[0])
    found = [
        f"way {place} gives {_apart(expected, owed_of(each))}"
        for place, each in enumerate(done)
        if owed_of(each) != expected
    ]
    if not _waits(done[0]):
        found += [
            f"way {place} has paid {_apart(sums_of(done[0]), sums_of(each))}"
            for place, each in enumerate(done)
            if not _waits(each) and sums_of(each) != sums_of(done[0])
        ]
    mixed = owed_of(walk(shuffled_lists(case, seed), ways[0]))
    if mixed != expected:
        found.append(f"lists in another order give {_apart(expected, mixed)}")
    for calculation in (each for steps in done for each in steps):
        if calculation.refund.minor < 0 or calculation.customer_owes:
            found.append(f"a refund of {calculation.refund}, {calculation.customer_owes} owed by the customer")
        if sum(part.amount.minor for part in calculation.components) != calculation.total.minor:
            found.append("components that do not sum to the total")
        if sum(unit.amount.minor + unit.value_loss.minor for unit in calculation.units) != _goods(calculation):
            found.append("units that do not sum to the goods")
    return found


def _goods(calculation: Calculation) -> int:
    names = {"goods_net", "goods_tax", "rerated_net", "rerated_tax"}
    return sum(part.amount.minor for part in calculation.components if part.name in names)


def _waits(done: Sequence[Calculation]) -> bool:
    """Whether the last refund was too small for a fee, which then waits for the next goods."""
    return any(fee.reason is WaiverReason.REFUND_TOO_SMALL for fee in done[-1].waived)


def _apart(one: SUMS, other: SUMS) -> dict[tuple[str, str, str], tuple[int, int]]:
    return {key: (one[key], other[key]) for key in one.keys() | other.keys() if one[key] != other[key]}
