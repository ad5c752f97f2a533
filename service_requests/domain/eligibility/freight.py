"""Who pays for sending back: by fault and by information given; the best ground for the customer (R2.4, D07)."""

from collections.abc import Sequence

from service_requests.domain.eligibility.decision import FreightDecision
from service_requests.domain.eligibility.ground import Ground
from service_requests.domain.eligibility.rule_input import RuleInput
from service_requests.domain.policy.policy import FreightRow, Policy
from service_requests.domain.policy.rates import most_in
from service_requests.domain.policy.sentences import fill, say_amount
from service_requests.domain.policy.term import ReturnFreight
from service_requests.domain.policy.vocabulary import Layer, Payer
from shared.kernel.errors import Said
from shared.kernel.money import Money

MERCHANT_PAYS = Said("We pay for sending it back.", "退货运费由我们承担。")
CUSTOMER_PAYS = Said("You pay for sending it back yourself.", "退货运费由您承担。")
CUSTOMER_PAYS_ABOUT = Said("You pay for sending it back: {amount}.", "退货运费由您承担：{amount}。")
NOBODY_SAYS = "R2.4"


def freight(rule_input: RuleInput, accepting: Sequence[Ground]) -> FreightDecision:
    """Who pays, with the amount of the policy. Where neither law nor policy says, the merchant pays.

    The freight rows of the policy of the order also apply to a return on another ground.
    """
    said = [each for ground in accepting if (each := _by(rule_input, ground)) is not None] or _by_law(rule_input)
    own = _by_policy(rule_input, rule_input.snapshot)
    if said and own is not None:
        said.append(own)
    free = next((clause for payer, _, clause in said if payer is Payer.MERCHANT), None)
    if free is not None or not said:
        return FreightDecision(Payer.MERCHANT, None, deductible=False, clause=free or NOBODY_SAYS, says=MERCHANT_PAYS)
    amounts = [amount for _, amount, _ in said if amount is not None]
    amount = min(amounts, key=lambda each: each.minor, default=None)
    clause = said[0][2]
    if amount is None:
        return FreightDecision(Payer.CUSTOMER, None, deductible=False, clause=clause, says=CUSTOMER_PAYS)
    says = fill(CUSTOMER_PAYS_ABOUT, amount=say_amount(amount.minor, amount.currency))
    deductible = rule_input.case.told.freight_before_contract and rule_input.case.told.freight_at_approval
    return FreightDecision(Payer.CUSTOMER, amount, deductible=deductible, clause=clause, says=says)


def _by(rule_input: RuleInput, ground: Ground) -> tuple[Payer, Money | None, str] | None:
    if ground.layer is Layer.LAW:
        return next(iter(_by_law(rule_input)), None)
    if ground.promise is not None:
        return (Payer.MERCHANT, None, ground.clause) if ground.promise.free_freight else None
    return _by_policy(rule_input, ground.policy) if ground.policy is not None else None


def _by_policy(rule_input: RuleInput, policy: Policy) -> tuple[Payer, Money | None, str] | None:
    row = freight_row(rule_input, policy)
    if row is None:
        return None
    amount = None if row.amount is None else in_currency(policy, row.amount, rule_input.case.currency)
    return row.payer, amount, f"{policy.name} freight/{row.id}"


def in_currency(policy: Policy, amount: Money, currency: str) -> Money | None:
    """The amount in the currency of the order, rounded down. None without a rate: nothing is charged."""
    minor = most_in(policy.rates, amount.minor, amount.currency, currency)
    return None if minor is None else Money(minor, currency)


def _by_law(rule_input: RuleInput) -> list[tuple[Payer, Money | None, str]]:
    if not rule_input.case.consumer:
        return []
    return [
        (_payer(each.term, told=rule_input.case.told.freight_before_contract), None, each.clause)
        for each in rule_input.law.cited(ReturnFreight)
        if each.term.cause is rule_input.cause
    ]


def _payer(term: ReturnFreight, *, told: bool) -> Payer:
    return term.payer if told or term.if_not_told is None else term.if_not_told


def freight_row(rule_input: RuleInput, policy: Policy) -> FreightRow | None:
    """The row of the policy that applies."""
    values = rule_input.values_for(policy)
    return next((row for row in policy.freight if row.cause is rule_input.cause and row.when.holds(values)), None)
