"""Which operations have a short way: every hot one, and none that takes what only FastAPI can give."""

from pathlib import Path

import pytest

from retour.hosting.data_folder import DataFolder
from retour.hosting.embedded import build
from shared.contracts.operations import Service
from shared.web.fast_path import fast_routes

HOT = [
    (Service.REQUESTS, "POST", "/v1/orders"),
    (Service.REQUESTS, "POST", "/v1/eligibility"),
    (Service.REQUESTS, "POST", "/v1/returns"),
    (Service.REQUESTS, "GET", "/v1/returns/{return_id}"),
    (Service.REQUESTS, "POST", "/v1/returns/{return_id}/shipments"),
    (Service.INSPECTION, "POST", "/v1/receipts"),
    (Service.INSPECTION, "POST", "/v1/inspections"),
]


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[Service, str, str]]:
    """Service, method and path of every short way."""
    services = build(DataFolder(Path(tmp_path_factory.mktemp("retour"))), port=1).services
    found = set()
    for name, service in services.items():
        [layer] = service.api.user_middleware
        for (method, _), routes in fast_routes(layer.kwargs["routes"]).items():  # type: ignore[arg-type]
            found |= {(name, method, route.path) for route, way in routes if way is not None}
    return found


@pytest.mark.parametrize("operation", HOT, ids=lambda operation: f"{operation[1]} {operation[2]}")
def test_a_hot_operation_has_a_short_way(
    short: set[tuple[Service, str, str]], operation: tuple[Service, str, str]
) -> None:
    assert operation in short


@pytest.mark.parametrize(
    "operation",
    [
        pytest.param((Service.REQUESTS, "GET", "/v1/orders"), id="a query"),
        pytest.param((Service.REQUESTS, "PUT", "/v1/contacts/{customer_id}"), id="a word of a form"),
        pytest.param((Service.REFUNDS, "GET", "/v1/refunds"), id="a page"),
    ],
)
def test_what_only_fastapi_can_give_has_none(
    short: set[tuple[Service, str, str]], operation: tuple[Service, str, str]
) -> None:
    assert operation not in short
