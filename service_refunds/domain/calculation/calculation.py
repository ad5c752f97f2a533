"""The function that computes a refund (3.3). Preview, quotation and settlement all call `calculate`.

The steps follow the table of section 3.3: eligible units, goods, freight, deductions in their order, minimum, goodwill
and bonus, tenders, guards. The components of the result add up to its total. Equal requests give equal results.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from service_refunds.domain.calculation.elsewhere import elsewhere_of_lines, not_owed
from service_refunds.domain.calculation.fee import (
    Fee,
    UnitValue,
    WaivedFee,
    barred_fees,
    collect_fees,
    fees_of,
    rank_of,
)
from service_refunds.domain.calculation.fee_bar import receipt_is_due, waits_for_answer
from service_refunds.domain.calculation.fingerprint import fingerprint_of
from service_refunds.domain.calculation.freight import outbound_freight
from service_refunds.domain.calculation.grouping import group_of
from service_refunds.domain.calculation.guard import GuardInput, GuardRow, check_guards, guard_rows
from service_refunds.domain.calculation.in_kind import CouponBack, PointsBack, coupons_back, points_back
from service_refunds.domain.calculation.inputs.component import (
    TAX_COMPONENTS,
    Component,
    ComponentName,
    ComponentRoute,
    components_of,
)
from service_refunds.domain.calculation.inputs.history import (
    LineHistory,
    LineState,
    RefundHistory,
    Restatement,
    TenderUse,
    line_states,
)
from service_refunds.domain.calculation.inputs.refund_request import (
    AcceptedUnit,
    PayoutMethod,
    RefundRequest,
)
from service_refunds.domain.calculation.inputs.refusal import (
    AdjustmentNotAllowed,
    AvailableChanged,
    ConsentMissing,
    MoreThanBought,
    UnitAlreadyRefunded,
)
from service_refunds.domain.calculation.inputs.returned_group import ReturnedGroup, summed
from service_refunds.domain.calculation.inputs.tender import TenderKind
from service_refunds.domain.calculation.order_charge import order_charges
from service_refunds.domain.calculation.promotion import (
    GoodsValue,
    PromotionComparison,
    goods_components,
    value_goods,
)
from service_refunds.domain.calculation.remainder import Remainder, remainders_of
from service_refunds.domain.calculation.returned_set import ReturnedLine, ReturnedSet, returned_set
from service_refunds.domain.calculation.tender_balance import available_in, tender_balances
from service_refunds.domain.calculation.tender_refund import TenderRefund, cash_option, refunds_by_tender
from shared.kernel.money import Money, allocate, total
from shared.kernel.piece_range import covered_names


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRefund:
    """The gross refund of one unit: `amount` = `paid` + `shift` - `value_loss`. `tax` is the tax in `paid`.

    `shift` is the unit's part of the change that re-rating the kept basket makes.
    """

    unit: str
    line: str
    paid: Money
    tax: Money
    shift: Money
    value_loss: Money
    amount: Money


@dataclass(frozen=True, slots=True)
class TaxRefund:
    """Tax of one rate in this refund. Negative when a kept line of that rate now costs more."""

    rate: str
    amount: Money


@dataclass(frozen=True, slots=True)
class StoreCredit:
    """Credit given instead of money: `value` may become money again, `bonus` never does (I12)."""

    value: Money
    bonus: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Calculation:
    """An itemised refund. `total` is the sum of the components; the tenders pay the part `refund`.

    `customer_owes` is what a dearer exchange or an agreed shortfall leaves to pay. `available` is what the tenders
    still have after this refund. `cash_option` is the most that may be paid out as money. `remainders` are owed too,
    and no payment can give them back: a person finds another way (Z09). `returned` is the group of this refund.
    """

    request: RefundRequest
    components: tuple[Component, ...]
    total: Money
    refund: Money
    carried: Money
    customer_owes: Money
    units: tuple[UnitRefund, ...]
    held: tuple[str, ...]
    tenders: tuple[TenderRefund, ...]
    taxes: tuple[TaxRefund, ...]
    waived: tuple[WaivedFee, ...]
    promotion: PromotionComparison
    guards: tuple[GuardRow, ...]
    restated: tuple[LineHistory, ...]
    ended_coupons: frozenset[str]
    points: tuple[PointsBack, ...]
    coupons: tuple[CouponBack, ...]
    credit: StoreCredit | None
    cash_option: Money
    available: Money
    remainders: tuple[Remainder, ...]
    returned: ReturnedGroup

    @property
    def needs_payment(self) -> bool:
        """Whether a provider has to pay anything. A free item needs no payment call (H15)."""
        own = any(part.route is ComponentRoute.OWN and part.amount for part in self.components)
        return own or (bool(self.refund) and self.credit is None)

    def of(self, *names: ComponentName) -> Money:
        """The sum of the components with these names."""
        return total((part.amount for part in self.components if part.name in names), self.total.currency)

    def fingerprint(self) -> str:
        """SHA-256 over the canonical JSON of the request and of the result."""
        return fingerprint_of(self)

    def after(self) -> RefundHistory:
        """The history of the order after this refund: the next calculation starts from it."""
        return _history_after(self)


def calculate(request: RefundRequest) -> Calculation:
    """Compute a refund. Equal requests give equal results. Raises the refusals of `refusal.py` and nothing else."""
    order, facts, policy = request.order, request.facts, request.policy
    before = tender_balances(order, request.history)
    _check_available(request, available_in(before, order.currency))
    lines, held, group = _returns(request)
    returned = returned_set(order, lines, request.history.returned, group)
    goods = value_goods(returned, facts, policy)
    extras = [*outbound_freight(request, returned), *order_charges(request, returned)]
    given = returned.given
    worth = goods.now + sum([part.amount.minor for part in extras])
    # what was paid stays paid: a sum that has become smaller gives nothing until other goods make it larger again
    most = worth + sum(given.fees.values())
    waits = most < 0 and not facts.shortfall_agreed
    fees, waived = collect_fees(fees_of(returned, goods), given, most, order.currency)
    through_tenders = [] if waits else [*goods_components(returned, goods), *extras, *(_deduction(fee) for fee in fees)]
    if waits:
        fees = []
    values = _unit_values(returned, goods.paid, 0 if waits else goods.now)
    waived = sorted([*barred_fees(request, returned, goods), *waived], key=rank_of)
    value = _sum(through_tenders, request)
    adjustments = list(_adjustments(request, value))
    through_tenders += adjustments
    value += _sum(adjustments, request)
    through_tenders += elsewhere_of_lines(request, returned, through_tenders)
    through_tenders += not_owed(request, through_tenders, available_in(before, order.currency))
    value = _sum(through_tenders, request)
    exchange = [
        part
        for line in request.exchange
        for part in components_of(ComponentName.EXCHANGE_NET, line.charge.negative(), order.mode, line.id)
    ]
    net = value + _sum(exchange, request)
    zero = order.zero()
    refund = max(zero, net)
    carried = max(zero, value) - refund
    remainders = remainders_of(request, refund, carried, before, last=returned.whole)
    for each in remainders:
        refund -= each.amount
        through_tenders.append(Component(ComponentName.REMAINDER, -each.amount, each.reason.value))
    refunds = refunds_by_tender(refund, carried, before, policy, request.payout)
    components = (*through_tenders, *exchange, *_outside_tenders(request, refunds))
    rows = guard_rows(
        request,
        GuardInput(
            returned=returned, values=values, fees=fees, components=components, balances=before, tenders=refunds
        ),
    )
    check_guards(rows)
    return Calculation(
        request=request,
        components=components,
        total=_sum(components, request),
        refund=refund,
        carried=carried,
        customer_owes=max(zero, -net),
        units=tuple(_unit_refunds(values, lines, fees, request)),
        held=held,
        tenders=refunds,
        taxes=_taxes(components, order.currency),
        waived=tuple(waived),
        promotion=goods.comparison.nothing_given() if waits else goods.comparison,
        guards=rows,
        restated=tuple(_restated(lines, goods)),
        ended_coupons=goods.ended_coupons,
        points=tuple(points_back(order, lines)),
        coupons=tuple(coupons_back(order, lines, request.history.ended_coupons, policy.coupon_life_days)),
        credit=_credit(request, components, refund),
        cash_option=cash_option(refunds, order.currency),
        available=available_in(before, order.currency) - refund - carried,
        remainders=remainders,
        returned=group,
    )


def _check_available(request: RefundRequest, available: Money) -> None:
    expected = request.expected_available
    if expected is not None and expected != available:
        raise AvailableChanged(expected=expected, available=available)
    if request.payout is not PayoutMethod.ORIGINAL and not request.facts.other_method_agreed:
        raise ConsentMissing


def _returns(request: RefundRequest) -> tuple[list[ReturnedLine], tuple[str, ...], ReturnedGroup]:
    """Step 1: the accepted units by line, without units that wait for the customer's answer."""
    held = tuple(unit.id for unit in request.units if waits_for_answer(unit, request.facts, request.policy))
    accepted: dict[str, list[AcceptedUnit]] = {}
    for unit in request.units:
        if unit.id not in held:
            accepted.setdefault(unit.line, []).append(unit)
    gone = [unit for line in request.history.lines for unit in line.units]
    for name in covered_names(gone, [unit.id for unit in request.units]):
        raise UnitAlreadyRefunded(unit=name)
    lines = line_states(request.order, request.history)
    returns = [_line_return(state, accepted.get(state.line.id, [])) for state in lines]
    return returns, held, group_of(request, accepted)


def _line_return(state: LineState, units: Sequence[AcceptedUnit]) -> ReturnedLine:
    counts = [unit.quantity for unit in units]
    ends = list(accumulate(counts, initial=0))
    if ends[-1] > state.kept:
        raise MoreThanBought(line=state.line.id, left=state.kept, asked=ends[-1])
    slots = tuple([state.take(state.grouped + start, count) for start, count in zip(ends, counts, strict=False)])
    return ReturnedLine(state, tuple(units), slots)


def _unit_values(returned: ReturnedSet, weights: Sequence[int], goods: int) -> list[UnitValue]:
    """Each returned unit with its share of the line and its part of what re-rating and earlier units change."""
    units = [unit for each in returned.lines for unit in each.units]
    zero = returned.order.zero()
    paid = [zero.like(minor) for minor in weights]
    shift = zero.like(goods - sum(weights))
    if not shift or not units:
        return [UnitValue(unit, amount, zero, amount) for unit, amount in zip(units, paid, strict=True)]
    shifts = allocate(shift, weights if any(weights) else [unit.quantity for unit in units])
    return [
        UnitValue(unit, amount, shift, amount + shift) for unit, amount, shift in zip(units, paid, shifts, strict=True)
    ]


def _deduction(fee: Fee) -> Component:
    return Component(fee.name, -fee.amount, fee.subject)


def _adjustments(request: RefundRequest, worth: Money) -> Iterator[Component]:
    """Manual deductions, each within its limit, together never more than the refund (H12)."""
    for each in request.adjustments:
        if each.amount.minor < 0:
            limit = request.policy.adjustment_limit or request.order.zero()
            if -each.amount > min(limit, worth):
                raise AdjustmentNotAllowed(adjustment=each.id, amount=each.amount, limit=min(limit, worth))
            worth += each.amount
            yield Component(ComponentName.ADJUSTMENT, each.amount, each.id)


def _outside_tenders(request: RefundRequest, refunds: Sequence[TenderRefund]) -> Iterator[Component]:
    """Step 9 and the receipt for return freight: components with limits and payment routes of their own."""
    policy, zero = request.policy, request.order.zero()
    if request.freight_receipt and receipt_is_due(request.facts):
        limit = policy.freight_receipt_limit
        receipt = request.freight_receipt if limit is None else min(request.freight_receipt, limit)
        yield Component(ComponentName.FREIGHT_RECEIPT, receipt)
    for each in request.adjustments:
        if each.amount.minor > 0:
            if policy.goodwill_limit is None:
                raise AdjustmentNotAllowed(adjustment=each.id, amount=each.amount, limit=zero)
            yield Component(ComponentName.GOODWILL, each.amount, each.id)
    if request.payout is PayoutMethod.STORE_CREDIT:
        yield from _bonus(request, refunds)
    if request.payout is PayoutMethod.OTHER_METHOD:
        yield from (
            Component(ComponentName.BONUS_KEPT, -refund.bonus, refund.tender) for refund in refunds if refund.bonus
        )


def _bonus(request: RefundRequest, refunds: Sequence[TenderRefund]) -> Iterator[Component]:
    """The bonus on money that becomes store credit. Money that was store credit before earns no bonus again."""
    money = total(
        (refund.amount for refund in refunds if refund.kind is not TenderKind.STORE_CREDIT),
        request.order.currency,
    )
    bonus = money.fraction(request.policy.credit_bonus_bp, 10_000)
    if request.policy.bonus_limit is not None:
        given = total(
            (part.amount for part in request.history.components if part.name is ComponentName.BONUS), bonus.currency
        )
        bonus = max(request.order.zero(), min(bonus, request.policy.bonus_limit - given))
    if bonus:
        yield Component(ComponentName.BONUS, bonus)


def _unit_refunds(
    values: Sequence[UnitValue], returns: Sequence[ReturnedLine], fees: Sequence[Fee], request: RefundRequest
) -> Iterator[UnitRefund]:
    losses = {fee.subject: fee.amount for fee in fees if fee.name is ComponentName.VALUE_LOSS}
    slots = (slot for each in returns for slot in each.slots)
    zero = request.order.zero()
    for each, slot in zip(values, slots, strict=True):
        loss = losses.get(each.unit.id, zero)
        yield UnitRefund(
            unit=each.unit.id,
            line=each.unit.line,
            paid=each.paid,
            tax=zero.like(slot.tax()),
            shift=each.shift,
            value_loss=loss,
            amount=each.goods - loss if loss else each.goods,
        )


def _taxes(components: Sequence[Component], currency: str) -> tuple[TaxRefund, ...]:
    rates: dict[str, int] = {}
    for part in components:
        if part.name in TAX_COMPONENTS:
            rates[part.rate] = rates.get(part.rate, 0) + part.amount.minor
    return tuple(TaxRefund(rate, Money(minor, currency)) for rate, minor in rates.items())


def _restated(returns: Sequence[ReturnedLine], goods: GoodsValue) -> Iterator[LineHistory]:
    """Kept lines at their new price, for a release that knows no groups."""
    by_line = {each.state.line.id: each for each in returns}
    for line, charge in goods.restated:
        each = by_line[line]
        gone = (*each.state.gone, *(unit.id for unit in each.units))
        yield LineHistory(line, gone, Restatement(each.kept, charge))


def _credit(request: RefundRequest, components: Sequence[Component], refund: Money) -> StoreCredit | None:
    if request.payout is not PayoutMethod.STORE_CREDIT:
        return None
    bonus = total((part.amount for part in components if part.name is ComponentName.BONUS), refund.currency)
    return StoreCredit(refund, bonus)


def _history_after(calculation: Calculation) -> RefundHistory:
    history = calculation.request.history
    lines = {entry.line: entry for entry in history.lines}
    for unit in calculation.units:
        entry = lines.get(unit.line, LineHistory(unit.line))
        lines[unit.line] = LineHistory(unit.line, (*entry.units, unit.unit), entry.restated)
    uses = {use.tender: use for use in history.tenders}
    for refund in calculation.tenders:
        taken = refund.amount + refund.carried
        if taken:
            use = uses.get(refund.tender, TenderUse(refund.tender, Money(0, taken.currency)))
            uses[refund.tender] = TenderUse(refund.tender, use.refunded + taken, use.pending)
    return RefundHistory(
        lines=tuple(lines.values()),
        components=(*history.components, *calculation.components),
        tenders=tuple(uses.values()),
        ended_coupons=history.ended_coupons | calculation.ended_coupons,
        elsewhere=history.elsewhere,
        returned=(*history.returned, replace(calculation.returned, given=summed(calculation.components))),
    )


def _sum(components: Sequence[Component], request: RefundRequest) -> Money:
    """The sum of the components that the tenders pay, in the order's currency."""
    return Money(sum([part.amount.minor for part in components]), request.order.currency)
