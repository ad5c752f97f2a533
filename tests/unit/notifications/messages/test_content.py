"""A message cannot be made with a fact missing (C06, L06, K02)."""

from dataclasses import fields, replace
from typing import Any

import pytest

from service_notifications.domain.messages.content import (
    CONTENTS,
    Content,
    FactMissing,
    MessageKind,
    ReturnApproved,
    Wording,
)
from service_notifications.domain.messages.required_content import (
    REQUIRED_FACTS,
    NoticeKind,
    always_required,
)
from shared.kernel.money import Money
from tests.support.notifications import SAMPLES

EMPTY: dict[type, Any] = {str: "  ", tuple: ()}
PLACES = [
    (kind, slot.name)
    for kind, content in CONTENTS.items()
    for slot in REQUIRED_FACTS[NoticeKind(kind)]
    if slot.when is always_required and slot.name in {field.name for field in fields(content)}  # type: ignore[arg-type]
]


def test_every_kind_has_a_content_and_a_sample() -> None:
    assert set(CONTENTS) == set(MessageKind) == set(SAMPLES)
    assert all(content.kind == kind for kind, content in CONTENTS.items())


@pytest.mark.parametrize(("kind", "fact"), PLACES)
def test_a_missing_fact_is_refused_and_named(kind: MessageKind, fact: str) -> None:
    sample = SAMPLES[kind]
    empty = EMPTY.get(type(getattr(sample, fact)))
    with pytest.raises(FactMissing) as refused:
        replace(sample, **{fact: empty})  # type: ignore[type-var]
    assert refused.value.facts["fact"] == fact


def test_an_approval_that_the_customer_pays_for_says_how_much() -> None:
    """R2.4."""
    sample = SAMPLES[MessageKind.RETURN_APPROVED]
    assert isinstance(sample, ReturnApproved)
    with pytest.raises(FactMissing):
        replace(sample, freight_amount=None)
    assert replace(sample, freight_amount=None, customer_pays=False).freight_amount is None


def test_the_six_facts_of_an_approval_may_not_lack() -> None:
    """R2.3, R2.4."""
    six = {"address", "contact", "phone", "carriers", "rma", "customer_pays"}
    assert six < {slot.name for slot in REQUIRED_FACTS[NoticeKind.RETURN_APPROVED] if slot.when is always_required}
    assert six < {slot.name for slot in fields(ReturnApproved)}


@pytest.mark.parametrize(
    ("kind", "but"),
    [
        (MessageKind.INSPECTION_DECIDED, {"accepted": (), "refused": ()}),
        (MessageKind.REFUND_SETTLED, {"amount": Money(19902, "EUR")}),
    ],
)
def test_facts_that_do_not_fit_together_are_refused(kind: MessageKind, but: dict[str, Any]) -> None:
    sample: Content = SAMPLES[kind]
    with pytest.raises(FactMissing):
        replace(sample, **but)  # type: ignore[type-var]


def test_a_wording_is_said_in_the_language_of_the_customer() -> None:
    wording = Wording(en="Worn.", zh="已穿用。")
    assert (wording.to("en"), wording.to("zh-CN")) == ("Worn.", "已穿用。")
