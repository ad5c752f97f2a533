"""Every sentence that a policy can put on its public page, word for word in both languages (R1.2, B11, Q01)."""

import json
from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest

from service_requests.domain.policy.law import LawRule
from service_requests.domain.policy.public_page import PolicyPage, public_page
from service_requests.domain.policy.term import (
    Duty,
    Exclusion,
    FeeBar,
    Harmless,
    IntactTest,
    RefundClock,
    Retention,
    ReturnFreight,
    SameMeans,
    Window,
)
from service_requests.domain.policy.vocabulary import Cause
from shared.kernel.errors import Said
from tests.unit.requests.policy_builders import a_policy, days_for, laws

TODAY: Final = date(2026, 11, 24)
TIME: Final = "How long you can return something without a reason"
CONDITION: Final = "In what condition"
LEFT_OUT: Final = "What cannot be returned without a reason"
FAULTY: Final = "When something is wrong with the goods"
SHOW: Final = "What we ask you to show us"
FREIGHT: Final = "Who pays for sending back"
MONEY: Final = "Your money"
WHERE: Final = "Where to send it"
DECISION: Final = "How we decide, and how you can object"
RECORDS: Final = "How long we keep records"
LAW: Final = "What the law also says"

SAYS: Final = json.loads((Path(__file__).parents[3] / "data" / "policy_page.json").read_text(encoding="utf-8"))

Row = dict[str, Any]


def sentences(shown: PolicyPage, heading: str) -> list[Said]:
    return [each for section in shown.sections if section.heading.en == heading for each in section.sentences]


def own(heading: str, **but: Any) -> list[Said]:
    """What the policy itself says there, in the United States, whose law says little."""
    shown = public_page(a_policy(**{"regimes": ["US"], **but}), laws(), TODAY)
    by_law = {f"{rule.says.en.rstrip('.')} ({rule.article})." for regime in laws().values() for rule in regime.rules}
    return [each for each in sentences(shown, heading) if each.en.partition(": ")[2] not in by_law]


@pytest.mark.parametrize("row", SAYS, ids=[f"{number} {row['section']}" for number, row in enumerate(SAYS)])
def test_a_policy_says_so_on_its_page_in_both_languages(row: Row) -> None:
    """R1.2, B11: what is decided can be read beforehand, by whom it concerns, in her language."""
    assert own(row["section"], **row["policy"]) == [Said(*pair) for pair in row["says"]]


@pytest.mark.parametrize("heading", [TIME, CONDITION, LEFT_OUT, FAULTY, SHOW, FREIGHT, MONEY, RECORDS])
def test_a_policy_that_gives_nothing_of_its_own_says_nothing_there(heading: str) -> None:
    """R1.2."""
    assert own(heading) == []


WHENS: Final[tuple[tuple[Row, str, str], ...]] = (
    ({"category": {"is": "shoes"}}, "For shoes", "对于shoes"),
    (
        {"category": {"any_of": ["shoes", "electronics", "clothing"]}},
        "For clothing, electronics or shoes",
        "对于clothing、electronics或shoes",
    ),
    ({"category": {"none_of": ["shoes"]}}, "Except for shoes", "shoes除外"),
    ({"channel": {"is": "web"}}, "For orders by web", "对于通过web下的订单"),
    ({"channel": {"none_of": ["web"]}}, "Except for orders by web", "通过web下的订单除外"),
    ({"segment": {"is": "vip"}}, "For vip customers", "对于vip客户"),
    ({"segment": {"none_of": ["vip"]}}, "Except for vip customers", "vip客户除外"),
    ({"reason": {"is": "no_reason"}}, "If the reason is “no reason”", "如原因为“no reason”"),
    (
        {"reason": {"none_of": ["no_reason", "story"]}},
        "Unless the reason is “no reason” or “a story”",
        "原因为“no reason”或“a story”的除外",
    ),
    ({"sku": {"is": "X-1"}}, "For the article X-1", "对于货号X-1"),
    ({"sku": {"none_of": ["X-1"]}}, "Except for the article X-1", "货号X-1除外"),
    ({"currency": {"is": "EUR"}}, "For orders in EUR", "对于以EUR结算的订单"),
    ({"currency": {"none_of": ["EUR"]}}, "Except for orders in EUR", "以EUR结算的订单除外"),
    ({"state": {"is": "opened"}}, "If the package was opened", "如已拆封"),
    (
        {"state": {"none_of": ["worn", "opened"]}},
        "Unless the package was opened or it was worn",
        "已拆封或已穿用的除外",
    ),
    (
        {"regime": {"any_of": ["US", "EU", "UK", "CN"]}},
        "In mainland China, the European Union, the United Kingdom or the United States",
        "在中国大陆、欧盟、英国或美国",
    ),
    ({"regime": {"none_of": ["US"]}}, "Outside the United States", "美国除外"),
    (
        {"value_minor": {"at_least": 0, "at_most": 123456}},
        "For items of CNY 0.00 to CNY 1,234.56 (USD 0.00 to USD 173.15; the same value in another currency)",
        "单价CNY 0.00至CNY 1,234.56的（USD 0.00至USD 173.15的；其他币种按等值计算）",
    ),
    (
        {"value_minor": {"at_least": 100}, "currency": {"is": "EUR"}},
        "For orders in EUR and for items of at least EUR 1.00",
        "对于以EUR结算的订单且单价不低于EUR 1.00的",
    ),
    (
        {"total_minor": {"at_most": 100}, "currency": {"is": "JPY"}},
        "For orders in JPY and for returns worth at most JPY 100",
        "对于以JPY结算的订单且退货总额不高于JPY 100的",
    ),
    (
        {"ordered_on": {"from": "2026-12-01", "until": "2026-12-24"}},
        "If you order from 1 December 2026 to 24 December 2026",
        "在2026年12月1日至2026年12月24日期间下单的",
    ),
    ({"ordered_on": {"from": "2026-01-31"}}, "If you order from 31 January 2026 on", "自2026年1月31日起下单的"),
    (
        {"ordered_on": {"until": "2026-02-28"}},
        "If you order until 28 February 2026",
        "在2026年2月28日（含当日）前下单的",
    ),
)


@pytest.mark.parametrize(("when", "en", "zh"), WHENS)
def test_for_what_a_row_is_can_be_read(when: Row, en: str, zh: str) -> None:
    """B07, R1.2: every operator about every fact; the row after it is for all the others."""
    regimes = when["regime"]["any_of"] if "any_of" in when.get("regime", {}) else ["US"]
    assert own(TIME, windows=[days_for(20, **when), days_for(15)], regimes=regimes) == [
        Said(f"{en}, you have 20 days after delivery for a refund.", f"{zh}，自签收次日起20天内可以退款。"),
        Said(
            "In every other case you have 15 days after delivery for a refund.",
            "其他情况下，自签收次日起15天内可以退款。",
        ),
    ]


def heading_of(rule: LawRule) -> str | None:
    """Where a reader looks for a rule of that kind."""
    match rule.term:
        case Window(cause=cause):
            return TIME if cause is Cause.CHANGE_OF_MIND else FAULTY
        case Harmless() | IntactTest():
            return CONDITION
        case Exclusion():
            return LEFT_OUT
        case ReturnFreight():
            return FREIGHT
        case RefundClock() | SameMeans() | FeeBar():
            return MONEY
        case Retention():
            return RECORDS
        case Duty():
            return LAW
    return None


@pytest.mark.parametrize("regime", ["CN", "EU", "UK", "US"])
def test_every_rule_of_the_law_stands_where_a_reader_looks_for_it_and_nowhere_else(regime: str) -> None:
    """B04, B11: with its article, in the words of the law pack."""
    law = laws()[regime]
    shown = public_page(a_policy(regimes=[regime]), laws(), TODAY)
    for heading in (TIME, CONDITION, LEFT_OUT, FAULTY, SHOW, FREIGHT, MONEY, DECISION, RECORDS, LAW):
        rules = [rule for rule in law.on(TODAY).rules if heading_of(rule) == heading]
        wanted = [
            Said(
                f"{law.name.en}: {rule.says.en.removesuffix('.')} ({rule.article}).",
                f"{law.name.zh}：{rule.says.zh.removesuffix('。')}（{rule.article}）。",
            )
            for rule in rules
        ]
        found = [each for each in sentences(shown, heading) if each.en.startswith(f"{law.name.en}: ")]
        assert found == list(dict.fromkeys(wanted)), heading


def test_an_exclusion_that_the_merchant_waives_is_not_on_the_page() -> None:
    """B01, 暂行办法 6: who takes newspapers back says nothing else."""
    shown = public_page(a_policy(regimes=["CN"], waived_exclusions=["periodical"]), laws(), TODAY)
    texts = [each.en for each in sentences(shown, LEFT_OUT)]
    assert len(texts) == 6
    assert not any("Newspapers" in text for text in texts)


def test_each_country_has_the_address_that_serves_it() -> None:
    """R2.3, C06: place, contact, phone and carriers, from the first row for that regime."""
    row = {"recipient": "R", "contact": "C", "phone": "1", "carriers": ["DHL", "bpost", "DPD"]}
    addresses = [
        {**row, "id": "eu", "when": {"regime": {"is": "EU"}}, "lines": ["Harbour Street", "Antwerp"]},
        {**row, "id": "all", "lines": ["Suzhou"]},
    ]
    shown = public_page(a_policy(regimes=["CN", "EU"], addresses=addresses), laws(), TODAY)
    assert sentences(shown, WHERE) == [
        Said(
            "Mainland China: R, Suzhou; ask for C, 1; we recommend DHL, bpost or DPD.",
            "中国大陆：R, Suzhou；联系人：C，电话：1；推荐物流：DHL、bpost或DPD。",
        ),
        Said(
            "European Union: R, Harbour Street, Antwerp; ask for C, 1; we recommend DHL, bpost or DPD.",
            "欧盟：R, Harbour Street, Antwerp；联系人：C，电话：1；推荐物流：DHL、bpost或DPD。",
        ),
    ]


KINDEST_EN: Final = (
    "Whatever is kindest to you counts: the law of your country, this policy, a kinder later one, or what we promised."
)


@pytest.mark.parametrize(
    ("but", "end_en", "end_zh"),
    [
        ({}, "", ""),
        ({"effective_until": "2027-01-01"}, " until the day before 1 January 2027", "，至2027年1月1日前一日止"),
    ],
)
def test_the_page_is_markdown_with_title_introduction_and_sections(but: Row, end_en: str, end_zh: str) -> None:
    """R1.2: it can be published as it is."""
    policy = a_policy(regimes=["US"], windows=[days_for(30)], **but)
    english, chinese = (public_page(policy, laws(), TODAY).markdown(language) for language in ("en", "zh-CN"))
    assert english.startswith(
        "# Returns\n\n"
        f"This is version 1 of the returns policy of Shop. It is in force from 1 January 2024{end_en}, and the version "
        "of the day of your order stays yours.\n\n"
        f"{KINDEST_EN}\n\n"
        f"## {TIME}\n\n"
        "- In every case you have 30 days after delivery for a refund.\n\n"
        f"## {MONEY}\n\n"
        "- United States: After accepting a return paid by card, the merchant sends the credit within 7 business days "
        "(12 CFR 1026.12(e)).\n\n"
        f"## {WHERE}\n\n"
    )
    assert english.endswith(").\n")
    assert f"本文为Shop退货政策第 1 版，自2024年1月1日起施行{end_zh}；您的订单始终适用下单当日的版本。" in chinese
    assert "## 无理由退货的期限\n\n- 自签收次日起30天内可以退款。\n\n## 退款\n\n- 美国：" in chinese
    assert f"## {DECISION}\n\n- We decide by the end of the next working day.\n- A refusal names" in english
