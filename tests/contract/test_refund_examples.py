"""The examples in the documents of the refunds service are answers that it could give."""

from typing import Any

import pytest
from pydantic import BaseModel
from pydantic_core import to_json

from service_refunds.entrypoints.finance import finance_routes, ledger_routes
from service_refunds.entrypoints.settlement import recovery_routes, refund_routes, refund_views, simulator_routes

MODELS = [
    model
    for module in (finance_routes, ledger_routes, recovery_routes, refund_routes, refund_views, simulator_routes)
    for model in vars(module).values()
    if isinstance(model, type) and issubclass(model, BaseModel) and model.__module__ == module.__name__
]


def examples_of(model: type[BaseModel]) -> list[Any]:
    extra: Any = model.model_config.get("json_schema_extra") or {}
    found: list[Any] = extra.get("examples", [])
    return found


@pytest.mark.parametrize("model", [model for model in MODELS if examples_of(model)], ids=lambda model: model.__name__)
def test_an_example_fits_its_model_and_names_every_field(model: type[BaseModel]) -> None:
    for example in examples_of(model):
        read = model.model_validate_json(to_json(example))
        assert set(example) <= set(type(read).model_fields)
        assert {name for name, field in type(read).model_fields.items() if field.is_required()} <= set(example)


def test_every_body_that_is_sent_or_answered_has_an_example() -> None:
    pieces = {
        "ComponentOut",
        "ShareOut",
        "PayoutOut",
        "BalanceOut",
        "AccountOut",
        "EntryOut",
        "TransferOut",
        "RemainderOut",
        "RemainderClosedOut",
        "DoublePaymentClosedOut",
        "ConsentIn",
        "ConsentOut",
        "ProofIn",
        "ProofOut",
        "RefundResolutionOut",
        "AccountSumOut",
        "CurrencySumsOut",
        "LedgerEntryOut",
    }
    questions = {
        "RefundListingIn",
        "TransferListingIn",
        "PaidTwiceListingIn",
        "LedgerIn",
        "LedgerSumsIn",
        "LedgerEntriesIn",
    }
    assert {model.__name__ for model in MODELS if not examples_of(model)} == pieces | questions
