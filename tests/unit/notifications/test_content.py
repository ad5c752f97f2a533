"""A message cannot be made with a fact missing (C06, L06, K02)."""

from dataclasses import fields, replace
from typing import Any

import pytest

from service_notifications.domain.content import CONTENTS, Content, FactMissing, Kind, ReturnApproved
from service_notifications.domain.reply.required import REQUIRED, Letter, always
from shared.kernel.money import Money
from tests.support.notifications import SAMPLES

EMPTY: dict[type, Any] = {str: "  ", tuple: ()}
PLACES = [
    (kind, slot.name)
    for kind, content in CONTENTS.items()
    for slot in REQUIRED[Letter(kind)]
    if slot.when is always and slot.name in {field.name for field in fields(content)}  # type: ignore[arg-type]
]


def test_every_kind_has_a_content_and_a_sample() -> None:
    assert set(CONTENTS) == set(Kind) == set(SAMPLES)
    assert all(content.kind == kind for kind, content in CONTENTS.items())


@pytest.mark.parametrize(("kind", "fact"), PLACES)
def test_a_missing_fact_is_refused_and_named(kind: Kind, fact: str) -> None:
    sample = SAMPLES[kind]
    empty = EMPTY.get(type(getattr(sample, fact)))
    with pytest.raises(FactMissing) as refused:
        replace(sample, **{fact: empty})  # type: ignore[type-var]
    assert refused.value.facts["fact"] == fact


def test_an_approval_that_the_customer_pays_for_says_how_much() -> None:
    """R2.4."""
    sample = SAMPLES[Kind.RETURN_APPROVED]
    assert isinstance(sample, ReturnApproved)
    with pytest.raises(FactMissing):
        replace(sample, freight_amount=None)
    assert replace(sample, freight_amount=None, customer_pays=False).freight_amount is None


def test_the_six_facts_of_an_approval_may_not_lack() -> None:
    """R2.3, R2.4."""
    six = {"address", "contact", "phone", "carriers", "rma", "customer_pays"}
    assert six < {slot.name for slot in REQUIRED[Letter.RETURN_APPROVED] if slot.when is always}
    assert six < {slot.name for slot in fields(ReturnApproved)}


@pytest.mark.parametrize(
    ("kind", "but"),
    [
        (Kind.INSPECTION_DECIDED, {"accepted": (), "refused": ()}),
        (Kind.REFUND_SETTLED, {"amount": Money(19902, "EUR")}),
    ],
)
def test_facts_that_do_not_fit_together_are_refused(kind: Kind, but: dict[str, Any]) -> None:
    sample: Content = SAMPLES[kind]
    with pytest.raises(FactMissing):
        replace(sample, **but)  # type: ignore[type-var]
