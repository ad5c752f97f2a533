"""Goodwill: a person accepts a return beyond every right, within the limit of the role (B09)."""

from datetime import date, timedelta

from service_requests.domain.eligibility.case import lines_of
from service_requests.domain.eligibility.decision import RuleResult
from service_requests.domain.eligibility.rule_input import RuleInput
from service_requests.domain.policy.policy import GoodwillRow
from service_requests.domain.policy.sentences import fill, name, say_amount
from service_requests.domain.policy.vocabulary import Layer, Result
from shared.kernel.errors import Said


def goodwill(rule_input: RuleInput, ended_on: date | None) -> tuple[RuleResult, ...]:
    """The result of goodwill for a unit whose best right ended on that day; empty when no goodwill is given."""
    given = rule_input.case.goodwill
    if given is None or not lines_of(given, rule_input.line):
        return ()
    paid = rule_input.line.unit_paid
    limits = [row for row in rule_input.snapshot.goodwill if row.up_to.currency == paid.currency]
    row = next((row for row in limits if row.role is given.role), None)
    ground = f"goodwill:{given.role.value}"
    clause = f"{rule_input.snapshot.name} goodwill/{given.role.value}"
    facts = {"reason": given.reason, "value_minor": str(paid.minor), "second": str(given.second_person)}
    result, says = _check_limit(rule_input, row, ended_on, second=given.second_person)
    return (
        RuleResult(
            rule="goodwill", layer=Layer.GOODWILL, ground=ground, result=result, clause=clause, says=says, facts=facts
        ),
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
