"""The public page and the machine form say what the engine decides, in both languages (R1.2, B11)."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from service_requests.adapters.policy import policy_documents as documents
from service_requests.domain.eligibility.explanation import explain
from service_requests.domain.policy.machine_form import machine_form
from service_requests.domain.policy.policy import Policy
from service_requests.domain.policy.public_page import public_page
from tests.unit.requests.policy_builders import a_policy, calendars, days_for, decided, laws

EXAMPLES = Path(__file__).parents[4] / "docs" / "examples" / "policies"
TODAY = date(2026, 11, 24)


def aurora() -> Policy:
    return documents.publishable_policy((EXAMPLES / "aurora.yaml").read_bytes(), laws(), calendars())


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_the_page_is_prose(language: Any) -> None:
    """R1.2: every sentence begins and ends well, says nothing twice, and leaves no place unfilled."""
    for policy in (aurora(), a_policy()):
        text = public_page(policy, laws(), TODAY).markdown(language)
        sentences = [line[2:] for line in text.splitlines() if line.startswith("- ")]
        assert len(set(sentences)) == len(sentences)
        for sentence in sentences:
            assert sentence.endswith(".") if language == "en" else sentence.endswith("。")
            assert not re.search(r"[{}_]|\bNone\b|\.\.|。。|  | ,", sentence), sentence
            assert language == "zh-CN" or sentence[0].isupper()


def test_both_languages_have_the_same_sections_and_sentences() -> None:
    """Q01: equal in force."""
    shown = public_page(aurora(), laws(), TODAY)
    for section in shown.sections:
        assert section.heading.en
        assert section.heading.zh
        assert all(each.en and each.zh and each.en != each.zh for each in section.sentences)
    english, chinese = (shown.markdown(language) for language in ("en", "zh-CN"))
    assert english.count("\n- ") == chinese.count("\n- ")


def test_the_page_says_what_the_standard_asks_for() -> None:
    """R1.2, R2.4, R2.5: time, condition, proofs, freight, address, objection."""
    text = public_page(aurora(), laws(), TODAY).markdown("en")
    for fact in ("30 days after delivery", "beyond the time that the law gives", "send us a photo", "CNY 12.00",
                 "+86 512 0000 0000", "object within 14 days", "withdraw from the contract here", "keep 10 %",
                 "from 1 November 2026 to 24 December 2026"):  # fmt: skip
        assert fact in text
    chinese = public_page(aurora(), laws(), TODAY).markdown("zh-CN")
    for fact in ("30天", "法定期限之外", "请提供照片", "CNY 12.00", "提出异议", "2026年11月1日至2026年12月24日"):
        assert fact in chinese


def test_the_page_shows_the_law_of_the_day() -> None:
    """P05: the withdrawal function appears on its day."""
    before, after = (
        public_page(aurora(), laws(), day).markdown("en") for day in (date(2026, 6, 18), date(2026, 6, 19))
    )
    assert "withdraw from the contract here" not in before
    assert "withdraw from the contract here" in after


def entry(form: dict[str, Any], regime: str, category: str = "*") -> dict[str, Any]:
    return next(each for each in form["policies"] if each["regime"] == regime and each["category"] == category)


def test_storefronts_and_agents_read_the_same_policy() -> None:
    """B11, N10: the shape of `dev.ucp.shopping.policy.return`."""
    form = machine_form(aurora(), laws(), TODAY)
    for each in form["policies"]:
        assert each["type"] == "dev.ucp.shopping.policy.return"
        assert each["description"]["plain"]
        assert each["description"]["plain_zh_cn"]
        returnable = {"window", "supported_resolutions", "methods", "restocking_fee"}
        assert returnable.isdisjoint(each) if each["final_sale"] else returnable <= set(each)
    assert entry(form, "CN")["window"] == {"days": 30, "anchor": "delivered"}
    assert entry(form, "EU", "shoes")["window"]["days"] == 60
    assert entry(form, "CN")["methods"][0]["fee"]["amount"] == 1_200
    assert entry(form, "US", "electronics")["restocking_fee"] == {"percentage_bps": 1_000}
    assert entry(form, "CN", "electronics")["restocking_fee"] == {"percentage_bps": 0}
    assert entry(form, "CN")["supported_resolutions"] == ["original_payment_method", "exchange"]


def test_the_machine_form_states_the_law_where_the_policy_says_nothing() -> None:
    """B11: and final sale where neither gives anything."""
    form = machine_form(a_policy(), laws(), TODAY)
    assert [entry(form, regime).get("window", {}).get("days") for regime in ("CN", "EU", "UK")] == [7, 14, 14]
    assert entry(form, "US")["final_sale"] is True
    free = {"id": "f", "cause": "change_of_mind", "payer": "merchant"}
    form = machine_form(a_policy(windows=[days_for(30)], freight=[free]), laws(), TODAY)
    assert entry(form, "EU")["methods"][0]["fee"]["type"] == "free"


@pytest.mark.parametrize("regime", ["CN", "EU", "UK", "US"])
def test_page_machine_form_and_engine_agree_on_the_window(regime: str) -> None:
    """B11: one source."""
    policy = aurora()
    days = entry(machine_form(policy, laws(), TODAY), regime)["window"]["days"]
    ordered = {"ordered": "2026-08-01T10:00", "arrived": "2026-08-03T10:00"}
    last = f"{date(2026, 8, 3).fromordinal(date(2026, 8, 3).toordinal() + days)}T23:00"
    late = f"{date(2026, 8, 3).fromordinal(date(2026, 8, 3).toordinal() + days + 1)}T00:30"
    unit = {"reason": "changed_mind"}
    places = {"CN": ("CN", None), "EU": ("BE", None), "UK": ("GB", None), "US": ("US", "US-NY")}
    country, part = places[regime]
    there = {"ship_to": {"country": country, "subdivision": part}}
    assert decided(regime, policies=[policy], unit=unit, stated=last, **ordered, **there).verdict == "accept"
    assert decided(regime, policies=[policy], unit=unit, stated=late, **ordered, **there).verdict == "refuse"


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_an_explanation_names_reason_clause_alternative_and_objection(language: Any) -> None:
    """R1.4, R2.5, B10: and the same for every reader."""
    offers = [{"id": "late", "instead_of": ["in_time"], "offers": ["exchange"]}]
    decision = decided(policies=[a_policy(alternatives=offers)], stated="2026-11-20T10:00")
    text = "\n".join(explain(decision, language))
    wanted = {
        "en": ("9 November 2026", "暂行办法 2, 10", "We can offer you an exchange", "object until 4 December 2026"),
        "zh-CN": ("2026年11月9日", "暂行办法 2, 10", "我们可以为您提供：换货", "2026年12月4日（含当日）前提出异议"),
    }[language]
    assert all(fact in text for fact in wanted), text


def test_an_acceptance_says_on_what_it_stands_and_who_pays() -> None:
    """R2.4, B15."""
    text = "\n".join(explain(decided(), "en"))
    assert "by law" in text
    assert "You pay for sending it back yourself" in text
    assert "provisional" not in text
    assert "provisional" in "\n".join(explain(decided(arrived="2026-12-26T10:00", stated="2026-12-28T10:00"), "en"))
