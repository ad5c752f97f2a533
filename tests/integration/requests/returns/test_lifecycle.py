"""A return from request to end in this service: own verbs by HTTP, the others' facts by events."""

from tests.integration.requests.conftest import AGENT, ANNA, Others, RequestsService


async def test_from_the_wish_to_the_last_word(requests_service: RequestsService) -> None:
    """R1.1, R2.3, R3.1, R4.1, R4.4, R5.1; C04, C06, E01: each fact moves the units, the header follows."""
    order = await requests_service.order()
    asked = await requests_service.request(order)
    assert (asked["status"], asked["decision"]["automatic"]) == ("approved", True)
    path = f"/v1/returns/{asked['id']}"
    shipped = await requests_service.good(f"{path}/shipments", {"carrier": "dhl", "tracking_number": "JD0146000"}, ANNA)
    assert shipped["status"] == "shipped"
    others = Others(requests_service, asked)
    (unit,) = others.units
    seen = []
    for fact in (
        others.receive(unit),
        others.inspect(unit),
        others.open_refund("rfd_1", unit),
        others.settle("rfd_1", unit),
        others.tell("refund_settled", "rfd_1"),
    ):
        await fact
        seen.append((await requests_service.see(path, ANNA))["status"])
    assert seen == ["received", "inspected", "refunding", "refunded", "closed"]
    closed = await requests_service.see(path, ANNA)
    assert closed["refund"]["amount"] == {"amount_minor": 9231, "currency": "EUR"}
    assert closed["outcome"] == "refunded"
    assert closed["next"] is None
    types = [event.type for event in await requests_service.events(asked["id"], 4)]
    assert types == ["return.requested.v1", "return.approved.v1", "return.shipped.v1", "return.closed.v1"]
    story = await requests_service.see(f"{path}/timeline", AGENT)
    assert [step["code"] for step in story["steps"]] == [
        "requested",
        "approved",
        "shipped",
        "received",
        "inspected",
        "refund_opened",
        "refund_settled",
        "told",
        "closed",
    ]
    assert await requests_service.parked() == []
