"""The words that laws, policies, cases and decisions are written in. Kept records rely on each of them (B10, R1.2)."""

from enum import StrEnum
from typing import Final, get_args

import pytest

from service_requests.domain.eligibility.rule import RULES
from service_requests.domain.policy import error as refusal
from service_requests.domain.policy.condition import Fact
from service_requests.domain.policy.law import Confidence
from service_requests.domain.policy.sentences import name
from service_requests.domain.policy.vocabulary import (
    NAMES,
    RULE_NAMES,
    Cause,
    Fault,
    Goods,
    LawClass,
    Layer,
    Mode,
    Named,
    Offer,
    OutboundFreight,
    Payer,
    Proof,
    Record,
    Remedy,
    Result,
    Role,
    Source,
    Starts,
    State,
    Verdict,
)
from service_requests.domain.policy.working_time import ClockStatus
from shared.kernel.calendar import UnknownCalendar
from shared.kernel.errors import RetourError
from shared.kernel.period import PeriodUnit
from shared.kernel.refund_term import Milestone

WORDS: Final[dict[type[StrEnum], str]] = {
    Cause: "change_of_mind defect",
    Confidence: "A B C",
    Fact: "regime category channel segment reason sku currency state value_minor total_minor ordered_on",
    Fault: "merchant carrier customer",
    Goods: "made_to_order perishable unsealed_media periodical health_after_opening value_lost_on_trial "
    "near_expiry_or_flawed service_done price_moves mixed aged_drink urgent_repair auction dated_leisure "
    "digital_content final_sale",
    LawClass: "general sealed_goods electronics textiles_and_wares",
    Layer: "law policy later_policy promise goodwill",
    Milestone: "statement proof_of_sending goods_in agreed",
    Mode: "keep_share re_rate",
    Offer: "refund exchange repair store_credit partial_refund defect_claim none_feasible",
    OutboundFreight: "full standard_only proportional last_item none",
    Payer: "merchant customer",
    Proof: "order_number invoice description photo video serial_number",
    Record: "transaction evidence conversation personal",
    Remedy: "refund exchange repair store_credit partial_refund",
    Result: "yes missing look no",
    Role: "agent supervisor merchant_admin",
    Source: "recipient carrier assumed",
    Starts: "last_parcel own_parcel first_parcel",
    State: "opened tried worn washed soiled damaged parts_missing seal_broken mark_removed label_cut activated "
    "personal_data_used unauthorised_repair marks_altered lasting_traces downloaded",
    ClockStatus: "running paused overdue",
    PeriodUnit: "days working_days months years",
    Verdict: "accept proofs_missing look refuse partly",
}


@pytest.mark.parametrize("kind", WORDS, ids=lambda kind: kind.__name__)
def test_a_word_that_a_kept_record_may_hold_stays_as_it_is(kind: type[StrEnum]) -> None:
    """B10, R1.2: a policy of years ago must still be readable, a decision of years ago must come out the same."""
    assert [word.value for word in kind] == WORDS[kind].split()


def test_the_rules_that_a_policy_offers_alternatives_to_stay_as_they_are() -> None:
    """A12: `instead_of` names them."""
    assert RULE_NAMES == (
        "one_remedy", "has_right", "in_time", "not_excluded", "intact", "proofs_complete", "remedy_offered",
    )  # fmt: skip


@pytest.mark.parametrize("word", [word for kind in get_args(Named) for word in kind], ids=repr)
def test_every_word_of_a_sentence_has_a_name_of_its_own_in_both_languages(word: Named) -> None:
    """Q01: nobody reads `parts_missing`, and no two words of a kind are said the same way."""
    said = name(word)
    assert said.en.isascii()
    assert "_" not in said.en
    assert not said.zh.isascii()
    assert [each for each, other in NAMES[type(word)].items() if other == said] == [word]


def test_what_a_remedy_gives_is_said_otherwise_than_what_is_offered_instead() -> None:
    """A12: the same word, two kinds."""
    assert name(Remedy.PARTIAL_REFUND).en == "a partial refund"
    assert name(Offer.PARTIAL_REFUND).en == "keeping it for a partial refund"


CODES: Final[dict[type[RetourError], str]] = {
    refusal.ImpossibleTime: "impossible_time",
    refusal.InvalidCase: "invalid_case",
    refusal.NoPolicy: "no_policy",
    UnknownCalendar: "unknown_calendar",
    refusal.UnknownPolicy: "unknown_policy",
    refusal.UnknownRegime: "unknown_regime",
    refusal.UnknownWord: "unknown_word",
}


@pytest.mark.parametrize("error", CODES, ids=lambda error: error.__name__)
def test_the_code_of_a_refusal_never_changes(error: type[RetourError]) -> None:
    """Programs tell refusals apart by their code alone."""
    assert error.code == CODES[error]


@pytest.mark.parametrize("fault", Fault)
def test_only_what_the_customer_answers_for_is_a_change_of_mind(fault: Fault) -> None:
    """B15, A05: what the carrier broke stands on the rights of faulty goods."""
    assert Cause.of(fault) is (Cause.CHANGE_OF_MIND if fault is Fault.CUSTOMER else Cause.DEFECT)


def test_a_policy_knows_the_rules_by_the_names_that_decisions_record() -> None:
    assert tuple(rule.__name__ for rule in RULES) == RULE_NAMES
