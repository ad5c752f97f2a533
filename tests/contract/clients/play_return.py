"""A whole return, played with the client that openapi-python-client makes; run by the interpreter of the tools.

    play_return.py URL PASSWORD     the password of admin@retour.example

Only names of the generated client are used: what it cannot express, no customer of ours can.
"""

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from retour_client import AuthenticatedClient, Client
from retour_client.api.contacts import put_contact
from retour_client.api.identity import begin_session, make_key, vouch_for_customer
from retour_client.api.inspections import post_inspection
from retour_client.api.orders import push_order
from retour_client.api.receipts import post_receipt
from retour_client.api.refunds import see_refunds
from retour_client.api.returns import announce, approve, request_return, see_return, see_timeline
from retour_client.models import (
    ApprovalIn,
    ContactIn,
    CustomerTokenIn,
    FindingIn,
    Grade,
    InspectionIn,
    ItemIn,
    KeyIn,
    KeyInKind,
    LineIn,
    LookIn,
    OrderIn,
    Outcome,
    PaymentMeans,
    Problem,
    ReceiptIn,
    Regime,
    ReturnIn,
    ShipmentIn,
    SignInIn,
    TenderIn,
    WishIn,
)

NOW = datetime.now(UTC)


def good(answer: Any) -> Any:
    """What was parsed of an answer that went well."""
    assert answer.status_code < 300, f"{answer.status_code}: {answer.content!r}"
    assert answer.parsed is not None, answer.content
    assert not isinstance(answer.parsed, Problem), answer.content
    return answer.parsed


def key() -> str:
    """A fresh idempotency key."""
    return uuid4().hex


def until(found: Callable[[], Any], seconds: float = 120) -> Any:
    """What is found in the end."""
    for _ in range(int(seconds / 0.2)):
        if (value := found()) is not None:
            return value
        time.sleep(0.2)
    raise AssertionError("it did not come to an end")


def main(url: str, password: str) -> None:
    """Order, return, approval, shipment, receipt, inspection, refund, end."""

    def known(token: str) -> AuthenticatedClient:
        return AuthenticatedClient(base_url=url, token=token)

    session = good(
        begin_session.sync_detailed(
            client=Client(base_url=url), body=SignInIn(email="admin@retour.example", password=password)
        )
    )
    staff = known(session.token)
    scopes = ["orders:write", "contacts:write", "customers:token"]
    shop_key = KeyIn(kind=KeyInKind.SYSTEM, name="Web shop", scopes=scopes)
    shop = known(good(make_key.sync_detailed(client=staff, body=shop_key)).key)
    dock_key = KeyIn(kind=KeyInKind.DEVICE, name="Scanner at dock 2", warehouse="WH-1")
    dock = known(good(make_key.sync_detailed(client=staff, body=dock_key)).key)

    customer_id = f"cus-{uuid4().hex[:8]}"
    contact = ContactIn(name="Ming Li", email=f"{customer_id}@customers.example", language="en")
    good(put_contact.sync_detailed(customer_id, client=shop, body=contact))
    order = good(push_order.sync_detailed(client=shop, body=an_order(customer_id), idempotency_key=key()))
    token = good(vouch_for_customer.sync_detailed(client=shop, body=CustomerTokenIn(customer_id=customer_id))).token
    customer = known(token)

    wish = WishIn(line_id="L1", quantity=1, reason="unsafe", condition="unopened", comment="It smells of smoke.")
    asked = good(
        request_return.sync_detailed(
            client=customer, body=ReturnIn(order_id=order.id, lines=[wish]), idempotency_key=key()
        )
    )
    assert asked.status == "in_review", asked
    early = announce.sync_detailed(
        asked.id,
        client=customer,
        body=ShipmentIn(carrier="dhl", tracking_number="JD0146000"),
        idempotency_key=key(),
    )
    assert isinstance(early.parsed, Problem), early.content
    assert (early.status_code, early.parsed.code) == (409, "illegal_move"), early.content

    approved = good(
        approve.sync_detailed(asked.id, client=staff, body=ApprovalIn(note="Take it."), idempotency_key=key())
    )
    assert approved.status == "approved", approved
    good(
        announce.sync_detailed(
            asked.id,
            client=customer,
            body=ShipmentIn(carrier="dhl", tracking_number="JD0146000"),
            idempotency_key=key(),
        )
    )
    items = [ItemIn(sku="COAT-M", quantity=1)]
    receipt = ReceiptIn(client_event_id=key(), rma=approved.rma, items=items, scanned_at=NOW)
    good(post_receipt.sync_detailed(client=dock, body=receipt))
    look = LookIn(sku="COAT-M", outcome=Outcome.PASSED, grade=Grade.A, findings=[FindingIn(check="seal", passed=True)])
    bench = InspectionIn(client_event_id=key(), rma=approved.rma, units=[look], scanned_at=NOW)
    good(post_inspection.sync_detailed(client=dock, body=bench))

    def closed() -> Any:
        found = good(see_return.sync_detailed(asked.id, client=staff))
        return found if found.status == "closed" else None

    end = until(closed)
    (refund,) = good(see_refunds.sync_detailed(client=staff, return_id=asked.id)).items
    assert refund.state == "settled", refund
    assert (refund.amount.amount_minor, refund.amount.currency) == (9900, "EUR"), refund
    steps = good(see_timeline.sync_detailed(end.id, client=customer)).steps
    assert (steps[0].code, steps[-1].code) == ("requested", "closed"), steps
    sys.stdout.write(f"return {end.id} closed, refund {refund.id} settled, {len(steps)} steps\n")


def an_order(customer_id: str) -> OrderIn:
    """One coat, delivered ten days ago."""
    line = LineIn(line_id="L1", sku="COAT-M", name="Wool coat M", category="clothing", quantity=1, paid_minor=9900)
    return OrderIn(
        number=f"N-{uuid4().hex[:8]}",
        storefront="shop",
        customer_id=customer_id,
        regime=Regime.EU,
        currency="EUR",
        ordered_at=NOW - timedelta(days=12),
        delivered_at=NOW - timedelta(days=10),
        lines=[line],
        tenders=[
            TenderIn(tender_id="T1", kind=PaymentMeans.CARD, captured_minor=9900, reference=f"ch_{uuid4().hex[:8]}")
        ],
        total_minor=9900,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
