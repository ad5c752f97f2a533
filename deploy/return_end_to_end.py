"""Takes one return from the pushed order to the caught mail, through the gateway only, and says each step.

GATEWAY_BOOTSTRAP_ADMIN=email:password in the environment is who it works as; standard library only.
"""

import argparse
import json
import os
import secrets
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

REASON: Final = "changed_mind"
CONDITION: Final = "unopened"
PAID_MINOR: Final = 19_900
CURRENCY: Final = "CNY"
PAUSE_SECONDS: Final = 0.25
SHOP_SCOPES: Final = ["orders:write", "customers:token", "contacts:write"]

Answer = dict[str, Any]


class WentWrong(Exception):
    """The return did not go the whole way; the message says where it stopped."""


class Caller:
    """One principal at one address; every unsafe call carries a key of its own."""

    def __init__(self, address: str, token: str | None = None) -> None:
        self._address = address
        self._token = token

    def known_as(self, token: str) -> "Caller":
        """The same address, as somebody else."""
        return Caller(self._address, token)

    def call(self, method: str, path: str, body: Answer | None = None) -> tuple[int, Answer]:
        """Status and document, whatever they are; `OSError` or `HTTPException` when nobody answers."""
        headers = {"Accept": "application/json", "Accept-Language": "en"}
        if method != "GET":
            headers |= {"Content-Type": "application/json", "Idempotency-Key": secrets.token_hex(16)}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        connection = HTTPConnection(urlsplit(self._address).netloc, timeout=30)
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        return answer.status, json.loads(content) if content else {}

    def get(self, path: str, **query: str) -> Answer:
        """The document, or `WentWrong`."""
        return self._done("GET", f"{path}?{urlencode(query)}" if query else path, None)

    def send(self, method: str, path: str, body: Answer) -> Answer:
        """The document of what was made or changed, or `WentWrong`."""
        return self._done(method, path, body)

    def _done(self, method: str, path: str, body: Answer | None) -> Answer:
        status, document = self.call(method, path, body)
        if status >= 300:
            raise WentWrong(f"{method} {path} answered {status}: {json.dumps(document, ensure_ascii=False)}")
        return document


class Journey:
    """The steps in their order, each printed with the seconds since the start, all within one patience."""

    def __init__(self, gateway: str, mail: str, patience: float) -> None:
        self._gateway = Caller(gateway)
        self._mail = Caller(mail)
        self._start = time.monotonic()
        self._patience = patience

    def run(self, email: str, password: str) -> None:
        """One customer, one order, one return."""
        mark = secrets.token_hex(6)
        customer_id, mailbox = f"cust_{mark}", f"{mark}@customer.example"
        self._until("the gateway is ready", self._ready)
        admin = self._signed_in(email, password)
        shop = self._keyed(admin, "system", "the storefront", scopes=SHOP_SCOPES)
        shop.send("PUT", f"/v1/contacts/{customer_id}", {"email": mailbox, "language": "en", "name": "Ada Li"})
        order = shop.send("POST", "/v1/orders", an_order(mark, customer_id))
        self._say(f"order {order['number']} pushed")

        token = shop.send("POST", "/v1/auth/customer-tokens", {"customer_id": customer_id, "language": "en"})
        customer = self._gateway.known_as(token["token"])
        wanted = {"line_id": "1", "quantity": 1, "reason": REASON, "condition": CONDITION}
        asked = customer.send("POST", "/v1/returns", {"order_id": order["id"], "lines": [wanted]})
        path = f"/v1/returns/{asked['id']}"
        self._say(f"return {asked['id']} requested: {asked['status']}")
        approved = self._until_status(customer, path, "approved")
        tracking = f"SF{mark.upper()}"
        customer.send("POST", f"{path}/shipments", {"carrier": "sf-express", "tracking_number": tracking})
        self._say(f"parcel {tracking} announced for RMA {approved['rma']}")

        warehouse = approved["instructions"]["address"]["warehouse"]
        scanner = self._keyed(admin, "device", "the scanner at the dock", warehouse=warehouse)
        expected = f"/v1/inspections/{asked['id']}"
        self._until("the warehouse expects it", lambda: scanner.call("GET", expected)[0] == 200)
        seen = {"rma": approved["rma"], "scanned_at": now().isoformat()}
        item = {"sku": f"SKU-{mark}", "quantity": 1}
        receipt = {"client_event_id": f"rec-{mark}", "tracking_number": tracking, "items": [item], **seen}
        scanner.send("POST", "/v1/receipts", receipt)
        self._say("parcel received")
        looked = {
            "outcome": "passed",
            "grade": "A",
            "findings": [{"check": "complete", "passed": True}],
            **item,
        }
        scanner.send("POST", "/v1/inspections", {"client_event_id": f"ins-{mark}", "units": [looked], **seen})
        self._say("unit inspected")

        closed = self._until_status(customer, path, "closed")
        if closed["refund"]["amount"] != {"amount_minor": PAID_MINOR, "currency": CURRENCY}:
            raise WentWrong(f"paid {PAID_MINOR} {CURRENCY}, refunded {closed['refund']}")
        self._say(f"{PAID_MINOR} {CURRENCY} refunded by {closed['refund']['id']}")
        self._until(f"mail to {mailbox} caught", lambda: self._caught(mailbox))

    def _ready(self) -> bool:
        return self._gateway.call("GET", "/readyz")[0] == 200

    def _signed_in(self, email: str, password: str) -> Caller:
        session = self._gateway.send("POST", "/v1/auth/sessions", {"email": email, "password": password})
        self._say(f"signed in as {email}")
        return self._gateway.known_as(session["token"])

    def _keyed(self, admin: Caller, kind: str, name: str, **granted: Any) -> Caller:
        made = admin.send("POST", "/v1/keys", {"kind": kind, "name": name, **granted})
        return self._gateway.known_as(made["key"])

    def _caught(self, mailbox: str) -> bool:
        mails = self._mail.get("/api/v1/messages", limit="200")["messages"]
        return any(mailbox == to["Address"] for mail in mails for to in mail["To"])

    def _until_status(self, caller: Caller, path: str, status: str) -> Answer:
        last: Answer = {}

        def reached() -> bool:
            last.clear()
            last.update(caller.get(path))
            return bool(last["status"] == status)

        self._until(f"the return is {status}", reached, lambda: f"it is {last.get('status')}: {last.get('next')}")
        return last

    def _until(self, what: str, holds: Callable[[], bool], instead: Callable[[], str] = str) -> None:
        """Ask until it holds. Who does not answer yet is waited for too: a restart is no failure."""
        said = ""
        while time.monotonic() - self._start < self._patience:
            try:
                if holds():
                    return self._say(what)
                said = instead()
            except (OSError, HTTPException) as error:
                said = repr(error)
            time.sleep(PAUSE_SECONDS)
        raise WentWrong(f"{self._patience:.0f} s were not enough until {what}; {said}")

    def _say(self, what: str) -> None:
        print(f"{time.monotonic() - self._start:7.2f} s  {what}", flush=True)


def now() -> datetime:
    """This moment."""
    return datetime.now(UTC)


def an_order(mark: str, customer_id: str) -> Answer:
    """Two shirts paid by one card a week ago and delivered the day before yesterday."""
    return {
        "number": f"W-{mark}",
        "storefront": "web",
        "customer_id": customer_id,
        "language": "en",
        "regime": "CN",
        "currency": CURRENCY,
        "prices_include_tax": True,
        "ordered_at": (now() - timedelta(days=7)).isoformat(),
        "delivered_at": (now() - timedelta(days=2)).isoformat(),
        "lines": [
            {
                "line_id": "1",
                "sku": f"SKU-{mark}",
                "name": "Linen shirt",
                "quantity": 2,
                "unit_price_minor": PAID_MINOR,
                "discount_minor": 0,
                "paid_minor": 2 * PAID_MINOR,
                "taxes": [],
            }
        ],
        "freight": {"paid_minor": 0, "taxes": []},
        "tenders": [{"tender_id": "1", "kind": "card", "captured_minor": 2 * PAID_MINOR, "reference": f"ch_{mark}"}],
        "total_minor": 2 * PAID_MINOR,
    }


def main() -> None:
    """Ends with 0 only when every step was seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gateway", default="http://127.0.0.1:8080")
    parser.add_argument("--mail", default="http://127.0.0.1:8025")
    parser.add_argument("--patience", type=float, default=120, help="seconds for the whole way")
    asked = parser.parse_args()
    email, _, password = os.environ["GATEWAY_BOOTSTRAP_ADMIN"].partition(":")
    try:
        Journey(asked.gateway, asked.mail, asked.patience).run(email, password)
    except (WentWrong, OSError, HTTPException) as error:
        sys.exit(f"the return stopped: {error}")


if __name__ == "__main__":
    main()
