"""What a wholesale return does to its neighbours: whole lifecycles at a steady rate, alone and beside 10,000 pieces.

`python benchmarks/wholesale.py [--rate 10] [--lifecycles 200] [--pieces 10000] [--posts 10] [--shared]`. One JSON line.
In one run the same load is measured twice: alone, and while returns of so many pieces go their whole way, one after the
other. The ratio of both p99 is the result; above `--most` the exit status is 1. Also shown: the CPU that one post of a
thousand pieces costs in all services.
"""

import argparse
import asyncio
import contextlib
import json
import sys
import time
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks import lifecycle, load

PRICE: Final = 5
SKU: Final = "BOLT"


def an_order(customer: str, pieces: int) -> load.Json:
    """One line of so many pieces, by card."""
    total = PRICE * pieces - 1
    line = {"line_id": "L1", "sku": SKU, "name": "Bolt", "quantity": pieces, "unit_price_minor": PRICE}
    return load.an_order(customer) | {
        "lines": [line | {"discount_minor": 1, "paid_minor": total}],
        "freight": {"paid_minor": 0},
        "tenders": [
            {"tender_id": "T1", "kind": "card", "captured_minor": total, "reference": f"ch_{uuid4().hex[:16]}"}
        ],
        "total_minor": total,
    }


def a_look(share: int, failed: int) -> list[load.Json]:
    """So many pieces, of which some failed."""
    return [
        {"sku": SKU, "quantity": count, "outcome": outcome, "grade": grade, "findings": findings}
        for count, outcome, grade, findings in (
            (share - failed, "passed", "A", []),
            (failed, "failed", "C", [{"check": "seal", "passed": False}]),
        )
        if count
    ]


class Wholesaler:
    """A customer with a return of many pieces, from the request to the last refund."""

    def __init__(self, system: lifecycle.Retour, tokens: load.Tokens, args: argparse.Namespace) -> None:
        self._system, self._tokens, self._args = system, tokens, args
        self._hand = load.Hand(system.port, stubborn=True)
        self.done = 0
        self.cpu_ms: list[float] = []
        self.call_ms: list[float] = []

    def _cpu(self) -> float:
        return sum(lifecycle.cpu_seconds(pid) for pid in self._system.processes.values())

    async def _call(self, path: str, token: str, body: load.Json) -> load.Json:
        begun = time.perf_counter()
        found = await self._hand.call("POST", path, token, body, key=uuid4().hex)
        self.call_ms.append((time.perf_counter() - begun) * 1000)
        return found

    async def go(self, *, measured: bool = False) -> None:
        """The whole way of one return. With `measured` nobody else is there, and each post is weighed."""
        args, tokens = self._args, self._tokens
        customer = f"wholesale-{uuid4().hex[:8]}"
        contact = {"name": "Bench", "email": "bench@customers.example", "language": "en"}
        await self._hand.call("PUT", f"/v1/contacts/{customer}", tokens.shop, contact, key=uuid4().hex)
        order = await self._call("/v1/orders", tokens.shop, an_order(customer, args.pieces))
        line = {"line_id": "L1", "quantity": args.pieces, "reason": "changed_mind", "condition": "unopened"}
        asked = await self._call("/v1/returns", tokens.shop, {"order_id": order["id"], "lines": [line]})
        await asyncio.sleep(0.3)
        share = args.pieces // args.posts
        for number in range(args.posts):
            moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            facts = {"rma": asked["rma"], "scanned_at": moment}
            before = self._cpu()
            scan = {"client_event_id": uuid4().hex, "items": [{"sku": SKU, "quantity": share}]}
            await self._call("/v1/receipts", tokens.scanner, scan | facts)
            look = {"client_event_id": uuid4().hex, "units": a_look(share, share // 20 if number % 2 else 0)}
            await self._call("/v1/inspections", tokens.scanner, look | facts)
            await asyncio.sleep(0.5 if measured else 0.05)
            if measured:
                self.cpu_ms.append((self._cpu() - before) * 1000)
        await self._decide(asked["id"])
        await self._until_paid(asked["id"])
        self.done += 1

    async def _decide(self, return_id: str) -> None:
        seen = await self._hand.call("GET", f"/v1/inspections/{return_id}", self._tokens.admin)
        held = [unit["id"] for unit in seen["units"] if unit["state"] == "failed"]
        if held:
            units = [{"unit_id": unit, "decision": "accept"} for unit in held]
            body = {"units": units, "reason": "seals were ours"}
            await self._call(f"/v1/inspections/{return_id}/decision", self._tokens.admin, body)

    async def _until_paid(self, return_id: str) -> None:
        due = PRICE * self._args.pieces - 1
        while True:
            found = await self._hand.call("GET", f"/v1/refunds?return_id={return_id}", self._tokens.admin)
            paid = [each for each in found["items"] if each["state"] == "settled"]
            if sum(each["amount"]["amount_minor"] for each in paid) == due:
                return
            await asyncio.sleep(0.1)

    async def go_on(self) -> None:
        """One return after the other until nobody needs them any more."""
        while True:
            await self.go()


async def run(args: argparse.Namespace) -> dict[str, Any]:
    """Alone, then beside a wholesaler, in one run."""
    async with lifecycle.standing(args) as (system, _):
        tokens = await load.sign_in(system.port, "admin@retour.example", system.password)
        witness = load.Witness(system.broker)
        await witness.start("message.sent.v1", "return.closed.v1")
        wholesaler = Wholesaler(system, tokens, args)
        await wholesaler.go(measured=True)
        found: dict[str, list[float]] = {"alone": [], "beside": []}
        for turn in range(2 * args.rounds):
            name = "beside" if turn % 2 else "alone"
            lifecycles = await load.push_orders(system.port, tokens, args.lifecycles)
            other = asyncio.create_task(wholesaler.go_on()) if name == "beside" else None
            await lifecycle.play(system, lifecycles, tokens, witness, args)
            if other is not None:
                if other.done():
                    other.result()
                other.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await other
            lost = [one.failed or one.return_id for one in lifecycles if not one.closed]
            if lost:
                raise SystemExit(f"{len(lost)} lifecycles did not end: {lost[:3]}")
            found[name] += [one.closed - one.started for one in lifecycles]
        await witness.stop()
    p99 = {name: lifecycle.percentile(values, 0.99) for name, values in found.items()}
    return {
        "pieces": args.pieces,
        "wholesale_returns": wholesaler.done,
        "post_cpu_ms_max": round(max(wholesaler.cpu_ms), 1),
        "wholesale_call_ms_max": round(max(wholesaler.call_ms), 1),
        "p50_ms": {name: lifecycle.percentile(values, 0.5) for name, values in found.items()},
        "p99_ms": p99,
        "p99_ratio": round(p99["beside"] / p99["alone"], 2),
    }


def main() -> None:
    """Read the wishes, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pieces", type=int, default=10_000)
    parser.add_argument("--posts", type=int, default=10)
    parser.add_argument("--lifecycles", type=int, default=200)
    parser.add_argument("--rate", type=float, default=10.0, help="lifecycles started a second")
    parser.add_argument("--concurrency", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--most", type=float, default=2.0, help="the highest ratio of both p99")
    parser.add_argument("--shared", action="store_true", help="use the servers named by the environment")
    args = parser.parse_args(namespace=argparse.Namespace(until_closed=False, log=None))
    result = asyncio.run(run(args))
    print(json.dumps(result))
    sys.exit(1 if result["p99_ratio"] > args.most else 0)


if __name__ == "__main__":
    main()
