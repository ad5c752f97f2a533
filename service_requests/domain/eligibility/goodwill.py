"""Goodwill: a person accepts a return beyond every right, within the limit of the role (B09)."""

from datetime import date, timedelta

from service_requests.domain.eligibility.case import lines_of
from service_requests.domain.eligibility.decision import RuleResult
from service_requests.domain.eligibility.rule_input import RuleInput
from service_requests.domain.policy.policy import GoodwillRow, Policy
from service_requests.domain.policy.rates import most_in
from service_requests.domain.policy.sentences import fill, name, say_amount
from service_requests.domain.policy.vocabulary import Layer, Result, Role
from service_requests.domain.policy.when_in_words import CURRENCIES
from shared.kernel.errors import Said
from shared.kernel.money import Money


def goodwill(rule_input: RuleInput, ended_on: date | None) -> tuple[RuleResult, ...]:
    """The result of goodwill for a unit whose best right ended on that day; empty when no goodwill is given."""
    given = rule_input.case.goodwill
    if given is None or not lines_of(given, rule_input.line):
        return ()
    paid = rule_input.line.unit_paid
    row = _limit(rule_input.snapshot, given.role, paid.currency, rule_input.regime)
    ground = f"goodwill:{given.role.value}"
    clause = f"{rule_input.snapshot.name} goodwill/{given.role.value}"
    facts = {"reason": given.reason, "value_minor": str(paid.minor), "second": str(given.second_person)}
    result, says = _check_limit(rule_input, row, ended_on, second=given.second_person)
    return (
        RuleResult(
            rule="goodwill", layer=Layer.GOODWILL, ground=ground, result=result, clause=clause, says=says, facts=facts
        ),
    )


def _limit(policy: Policy, role: Role, currency: str, regime: str) -> GoodwillRow | None:
    """The limit of the role in this currency: its own row, else by rates that of the regime's usual currency, else the
    lowest of the others (Z14).
    """
    rows = [row for row in policy.goodwill if row.role is role]
    own = next((row for row in rows if row.up_to.currency == currency), None)
    if own is not None:
        return own
    usual = [row for row in rows if row.up_to.currency in CURRENCIES.get(regime, ())]
    known = [row for each in usual or rows if (row := _in_currency(policy, each, currency)) is not None]
    return min(known, key=lambda row: row.up_to.minor, default=None)


def _in_currency(policy: Policy, row: GoodwillRow, currency: str) -> GoodwillRow | None:
    up_to = most_in(policy.rates, row.up_to.minor, row.up_to.currency, currency)
    if up_to is None:
        return None
    second = row.second_above
    above = None if second is None else most_in(policy.rates, second.minor, second.currency, currency)
    return GoodwillRow(
        row.role, Money(up_to, currency), row.days_late, None if above is None else Money(above, currency)
    )


def _check_limit(
    rule_input: RuleInput, row: GoodwillRow | None, ended_on: date | None, *, second: bool
) -> tuple[Result, Said]:
    paid = rule_input.line.unit_paid
    if rule_input.unit.taken is not None:
        return Result.NO, Said("This piece already has a remedy.", "该件商品已处理。")
    if row is None or paid.minor > row.up_to.minor:
        return Result.NO, Said("This is beyond what this role may give.", "超出该角色的善意处理权限。")
    if ended_on is not None and rule_input.stated_on > ended_on + timedelta(days=row.days_late):
        return Result.NO, Said(
            f"Goodwill reaches {row.days_late} days beyond the time limit.", f"善意处理最多可超期{row.days_late}天。"
        )
    if row.second_above is not None and paid.minor > row.second_above.minor and not second:
        said = Said("Above {amount} a second person has to agree.", "超过{amount}须由第二人同意。")
        return Result.LOOK, fill(said, amount=say_amount(row.second_above.minor, row.second_above.currency))
    said = Said("We accept it as goodwill, given by {role}.", "我们出于善意接受退货，由{role}决定。")
    return Result.YES, fill(said, role=name(row.role))
