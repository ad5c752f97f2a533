"""Kill everything, one at a time, while 200 lifecycles run; afterwards nothing is lost and nothing has happened twice.

Servers and Retour are of our own. A saboteur sends SIGKILL to gateway, services, RabbitMQ and PostgreSQL at random
moments (`--seed` repeats them); what was killed is started again. The saboteur also deletes queues at the broker, with
what waits in them (`--queues`). The callers are stubborn: what fails for want of an
answer is repeated with the same key. Then everything is read back and compared with the provider's own ledger.
"""

import argparse
import asyncio
import json
import os
import random
import signal
import sys
import time
from collections import Counter
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks import lifecycle, load, rig
from shared.contracts.events import FOLLOWERS
from shared.messaging.bus_rabbitmq import AWAY, open_connection

SETTLE_SECONDS = 300
QUEUES = tuple(dict.fromkeys(queue for queues in FOLLOWERS.values() for queue in queues))


async def lose_queues(broker: str, args: argparse.Namespace, done: asyncio.Event) -> Counter[str]:
    """Delete queues one by one at random moments, until the work is done or the number is reached."""
    chance = random.Random(args.seed + 1)
    lost: Counter[str] = Counter()
    while not done.is_set() and lost.total() < args.queues:
        await asyncio.sleep(chance.uniform(0.1, args.pause))
        queue = QUEUES[lost.total() % len(QUEUES)]
        try:
            async with await open_connection(broker, name="saboteur") as connection:
                await (await connection.channel()).queue_delete(queue)
        except AWAY:
            continue
        lost[queue] += 1
        print(f"  deleted {queue}", file=sys.stderr, flush=True)
    return lost


async def sabotage(
    system: lifecycle.Retour, servers: dict[str, rig.Server], args: argparse.Namespace, done: asyncio.Event
) -> Counter[str]:
    """Kill the listed processes in random order, again and again, until the work is done or the number is reached."""
    chance = random.Random(args.seed)
    killed: Counter[str] = Counter()
    targets = [*lifecycle.NAMES, *lifecycle.NAMES, *servers]
    while not done.is_set() and killed.total() < args.kills:
        await asyncio.sleep(chance.uniform(0.1, args.pause))
        if done.is_set():
            break
        target = targets[killed.total() % len(targets)] if args.each else chance.choice(targets)
        if target in servers:
            servers[target].kill()
            await asyncio.sleep(chance.uniform(0.1, 1))
            await asyncio.to_thread(servers[target].start)
        else:
            pid = lifecycle.processes(system.supervisor.pid).get(target)
            if pid is None:
                continue
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        killed[target] += 1
        print(f"  killed {target}", file=sys.stderr, flush=True)
    return killed


async def work(system: lifecycle.Retour, tokens: load.Tokens, lifecycles: list[load.Lifecycle], hands: int) -> None:
    """Every hand plays lifecycles until none is left."""
    waiting = list(lifecycles)

    async def one_hand() -> None:
        hand = load.Hand(system.port, stubborn=True)
        while waiting:
            one = waiting.pop()
            try:
                await load.live(hand, tokens, one)
            except load.Refused as refused:
                one.failed = str(refused)
        hand.close()

    await asyncio.gather(*(one_hand() for _ in range(hands)))


async def settle(system: lifecycle.Retour, tokens: load.Tokens, lifecycles: list[load.Lifecycle]) -> float:
    """Wait until every return has closed, or long enough; the seconds it took."""
    begun = time.monotonic()
    open_ = [one for one in lifecycles if one.return_id]
    hand = load.Hand(system.port, stubborn=True)
    while open_ and time.monotonic() - begun < SETTLE_SECONDS:
        still = []
        for one in open_:
            found = await hand.call("GET", f"/v1/returns/{one.return_id}", tokens.admin)
            if found["status"] != "closed":
                still.append(one)
        open_ = still
        await asyncio.sleep(0.5)
    hand.close()
    return time.monotonic() - begun


async def feed(system: lifecycle.Retour, tokens: load.Tokens) -> list[str]:
    """Ids of every event in the finance feed."""
    hand = load.Hand(system.port, stubborn=True)
    ids: list[str] = []
    after = ""
    while True:
        more = f"&after={after}" if after else ""
        page = await hand.call("GET", f"/v1/finance/events?limit=200{more}", tokens.admin)
        if not page["items"]:
            hand.close()
            return ids
        ids += [event["id"] for event in page["items"]]
        after = page["next"]


async def dead_letters(system: lifecycle.Retour, tokens: load.Tokens) -> list[Any]:
    """Whatever is parked anywhere once the dust has settled."""
    hand = load.Hand(system.port, stubborn=True)
    found: list[Any] = []
    for service in ("requests", "inspection", "refunds", "notifications"):
        page = await hand.call("GET", f"/v1/operations/{service}/dead-letters", tokens.admin)
        found += [(service, item["consumer"], item["type"], item["reason"], item["detail"]) for item in page["items"]]
    hand.close()
    return found


async def run(
    args: argparse.Namespace, system: lifecycle.Retour, servers: dict[str, rig.Server], broker: str
) -> dict[str, Any]:
    """The whole drill."""
    tokens = await load.sign_in(system.port, "admin@retour.example", system.password)
    lifecycles = await load.push_orders(system.port, tokens, args.lifecycles)
    done = asyncio.Event()
    saboteur = asyncio.create_task(sabotage(system, servers, args, done))
    losing = asyncio.create_task(lose_queues(broker, args, done))
    working = asyncio.create_task(work(system, tokens, lifecycles, args.concurrency))
    await working
    if args.each:
        await saboteur
    done.set()
    killed, lost = await saboteur, await losing
    healed = await settle(system, tokens, lifecycles)
    proofs = await load.prove(system.port, tokens, lifecycles)
    booked = await load.transfers(system.port, tokens)
    ids = await feed(system, tokens)
    paid: Counter[str] = Counter()
    for transfer in booked:
        paid[transfer["key"].split(":")[0]] += transfer["amount_minor"]
    acknowledged = [one for one in lifecycles if one.return_id]
    completed = [one for one in acknowledged if proofs[one.return_id].right]
    keys = [transfer["key"] for transfer in booked]
    return {
        "seed": args.seed,
        "killed": dict(killed),
        "queues_deleted": dict(lost),
        "attempted": len(lifecycles),
        "acknowledged": len(acknowledged),
        "completed": len(completed),
        "lost": len(acknowledged) - len(completed),
        "refused": [one.failed for one in lifecycles if one.failed][:3],
        "applied_twice": sum(proof.refunds > 1 or proof.messages > 1 for proof in proofs.values())
        + len(keys)
        - len(set(keys)),
        "over_refunded": sum(amount > load.REFUND for amount in paid.values()),
        "provider_minor": sum(paid.values()),
        "ledger_minor": sum(proof.refunded for proof in proofs.values()),
        "feed_events": len(ids),
        "feed_duplicates": len(ids) - len(set(ids)),
        "parked": await dead_letters(system, tokens),
        "healed_after_s": round(healed, 1),
        "wrong": [(one.return_id, str(proofs[one.return_id])) for one in acknowledged if one not in completed][:5],
    }


def main() -> None:
    """Read the wishes, break things, print; a status that says whether the promises held."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lifecycles", type=int, default=1000)
    parser.add_argument("--concurrency", type=int, default=200)
    parser.add_argument("--kills", type=int, default=12)
    parser.add_argument("--pause", type=float, default=2.0, help="seconds between two kills at the most")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--each", action="store_true", help="kill every process in turn, however long the work takes")
    parser.add_argument("--queues", type=int, default=len(QUEUES), help="how many queues are deleted at the most")
    parser.add_argument("--log", type=Path, help="keep Retour's log here")
    args = parser.parse_args()
    with rig.folder() as folder, ExitStack() as stack:
        database, postgres = stack.enter_context(rig.postgres(folder))
        messages, broker = stack.enter_context(rig.rabbitmq(folder))
        system = stack.enter_context(lifecycle.retour(folder, postgres, broker))
        try:
            found = asyncio.run(run(args, system, {"postgres": database, "rabbitmq": messages}, broker))
        finally:
            if args.log is not None:
                args.log.write_bytes(system.log.read_bytes())
    print(json.dumps(found))
    held = (
        found["lost"] == found["applied_twice"] == found["over_refunded"] == found["feed_duplicates"] == 0
        and found["completed"] == found["attempted"]
        and found["provider_minor"] == found["ledger_minor"]
        and not found["parked"]
    )
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main()
