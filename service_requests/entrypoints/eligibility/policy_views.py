"""What callers see of the policy: the page and the machine form."""

from datetime import date
from typing import Literal, Self

from pydantic import JsonValue

from service_requests.domain.eligibility import policy_summary
from service_requests.domain.eligibility.case_of_order import CONDITIONS
from service_requests.domain.policy.policy import Policy
from service_requests.domain.policy.public_page import PolicyPage, public_page
from service_requests.domain.policy.rulebook import Rulebook
from service_requests.entrypoints.eligibility.assessment_views import AddressOut, Sentence
from shared.kernel import money
from shared.kernel.errors import Language
from shared.web.fields import MoneyOut, Output


class PolicyReasonOut(Output):
    """A reason a customer can choose, and what follows from it."""

    code: str
    says: Sentence
    fault: Literal["merchant", "carrier", "customer"]
    freight_payer: Literal["merchant", "customer"]
    person_looks: bool


class PolicyConditionOut(Output):
    """A condition a customer can choose, and what it means for a change of mind in each regime."""

    code: str
    says: Sentence
    change_of_mind: dict[str, Literal["yes", "no", "look"]]


class RegimeOut(Output):
    """What holds under one law."""

    code: str
    time_zone: str
    window_days: int
    statutory: bool
    rolls_over: bool
    window_clause: str
    fault_days: int
    fault_look_days: int
    fault_clause: str
    ship_days: int
    return_freight: MoneyOut | None
    high_value: MoneyOut | None

    @classmethod
    def of(cls, regime: policy_summary.RegimeSummary) -> Self:
        """The view of a regime."""
        values = {name: getattr(regime, name) for name in cls.model_fields}
        for name in ("return_freight", "high_value"):
            values[name] = _money(values[name])
        return cls(**values)


class SectionOut(Output):
    """A heading of the page with its sentences."""

    heading: Sentence
    sentences: list[Sentence]


class PolicyOut(Output):
    """The policy in force for orders placed that day: for machines, and for people in both languages.

    `text` is the page in the reader's language, as Markdown.
    """

    version: str
    sha256: str
    effective_from: date
    effective_until: date | None
    title: Sentence
    transit_buffer_days: int
    object_days: int
    regimes: list[RegimeOut]
    reasons: list[PolicyReasonOut]
    conditions: list[PolicyConditionOut]
    address: AddressOut
    carriers: list[str]
    prose: list[Sentence]
    sections: list[SectionOut]
    language: Language
    text: str


class MachineFormOut(Output):
    """The policy as storefronts and agents read it: entries of `dev.ucp.shopping.policy.return`."""

    policy: str
    policy_sha256: str
    on: date
    policies: list[dict[str, JsonValue]]


def policy_view(rules: Rulebook, policy: Policy, day: date, language: Language) -> PolicyOut:
    """The view of one version."""
    page = public_page(policy, rules.regimes, day)
    served = [code for code in policy.regimes if code in rules.regimes]
    return PolicyOut(
        version=policy.name,
        sha256=policy.sha256,
        effective_from=policy.effective_from,
        effective_until=policy.effective_until,
        title=Sentence.of(policy.title),
        transit_buffer_days=policy.transit_buffer_days,
        object_days=policy.promises.object_within.least_days,
        regimes=[RegimeOut.of(policy_summary.regime_summary(rules, policy, code, day)) for code in served],
        reasons=[
            PolicyReasonOut(
                code=reason.code,
                says=Sentence.of(reason.says),
                fault=reason.fault.value,
                freight_payer=policy_summary.payer_of_reason(rules, policy, reason, day).value,
                person_looks=reason.person,
            )
            for reason in policy.reasons.values()
        ],
        conditions=[
            PolicyConditionOut(
                code=condition.code,
                says=Sentence.of(condition.says),
                change_of_mind={
                    code: policy_summary.answer_for_condition(rules, policy, condition.code, code, day).value  # type: ignore[misc]
                    for code in served
                },
            )
            for condition in CONDITIONS.values()
        ],
        address=AddressOut(
            warehouse=policy.addresses[0].id,
            recipient=policy.addresses[0].recipient,
            lines=list(policy.addresses[0].lines),
        ),
        carriers=list(policy.addresses[0].carriers),
        prose=_sentences(page),
        sections=[
            SectionOut(
                heading=Sentence.of(section.heading), sentences=[Sentence.of(each) for each in section.sentences]
            )
            for section in page.sections
        ],
        language=language,
        text=page.markdown(language),
    )


def _sentences(page: PolicyPage) -> list[Sentence]:
    every = (*page.introduction, *(each for section in page.sections for each in section.sentences))
    return [Sentence.of(said) for said in every]


def _money(amount: money.Money | None) -> MoneyOut | None:
    return None if amount is None else MoneyOut(amount_minor=amount.minor, currency=amount.currency)
