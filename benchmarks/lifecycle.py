"""Whole lifecycles against the distributed mode, gateway included: one JSON line.

It starts servers and a Retour of its own (or uses RETOUR_POSTGRES_URL and RETOUR_BROKER_URL with `--shared`), pushes
the orders, then lets `--concurrency` hands play lifecycles for `--lifecycles` returns, or `--rate` a second. Every
counted lifecycle is read back: the right amount in the ledger, one message about it, the return closed.
"""

import argparse
import asyncio
import contextlib
import json
import os
import signal
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks import load, rig

TICKS: Final = os.sysconf("SC_CLK_TCK")
NAMES: Final = ("gateway", "requests", "inspection", "refunds", "notifications")


@dataclass(slots=True)
class Retour:
    """A running distributed Retour and what it stands on."""

    port: int
    first_service: int
    broker: str
    password: str
    processes: dict[str, int]
    supervisor: subprocess.Popen[bytes]
    log: Path


@contextlib.contextmanager
def retour(folder: Path, postgres: str, broker: str, checkout: Path | None = None) -> Iterator[Retour]:
    """`retour up --distributed` as its user would start it, from this checkout or from another one."""
    port, first = rig.free_port(), rig.free_port(4)
    environment = {
        **os.environ,
        "RETOUR_POSTGRES_URL": postgres,
        "RETOUR_BROKER_URL": broker,
        "RETOUR_LOG_LEVEL": "WARNING",
        "GATEWAY_RATE_PER_MINUTE": "10000000",
    }
    log = folder / "retour.log"
    with contextlib.ExitStack() as stack:
        data = stack.enter_context(rig.folder(in_memory=True))
        own = checkout / ".venv/bin/python" if checkout else Path(sys.executable)
        python = str(own) if own.exists() else sys.executable
        command = [python, "-m", "retour", "up", "--distributed", "--data", str(data), "--port", str(port)]
        command += ["--service-port", str(first)]
        file = stack.enter_context(log.open("wb"))
        supervisor = subprocess.Popen(
            command, env=environment, cwd=checkout, stdout=file, stderr=file, start_new_session=True
        )
        stack.callback(_stop, supervisor)
        rig.wait_for_port(port, seconds=180)
        for service in range(4):
            rig.wait_for_port(first + service, seconds=180)
        password = json.loads((data / "secrets.json").read_text())["admin_password"]
        yield Retour(port, first, broker, password, processes(supervisor.pid), supervisor, log)


def _stop(supervisor: subprocess.Popen[bytes]) -> None:
    supervisor.send_signal(signal.SIGTERM)
    try:
        supervisor.wait(30)
    except subprocess.TimeoutExpired:
        os.killpg(supervisor.pid, signal.SIGKILL)


def processes(supervisor: int) -> dict[str, int]:
    """The children by name."""
    found: dict[str, int] = {}
    children = Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text().split()
    for child in children:
        with contextlib.suppress(OSError):
            words = Path(f"/proc/{child}/cmdline").read_bytes().decode().split("\0")
            module = words[words.index("-m") + 1] if "-m" in words else ""
            if module:
                found[module.removeprefix("service_")] = int(child)
    return found


def cpu_seconds(pid: int) -> float:
    """Processor time a process has taken."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def family(pid: int) -> list[int]:
    """A process and everything below it."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(member for child in children for member in family(int(child)))]


def family_cpu(pid: int) -> float:
    """Processor time of a server with many processes: what they have taken, and what those that ended took."""
    total = 0.0
    for member in family(pid):
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()
            total += sum(map(int, fields[11:15])) / TICKS
    return total


def resident_mib(pid: int) -> float:
    """Resident memory of one process."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return round(int(line.split()[1]) / 1024, 1)
    return 0.0


def batches(port: int) -> str:
    """Units of work over transactions, of one service since its start."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    numbers = {line.split("{")[0]: float(line.split()[-1]) for line in lines if not line.startswith("#")}
    return f"{numbers['retour_committed_units']:.0f}/{numbers['retour_commit_batches']:.0f}"


def percentile(values: list[float], share: float) -> float:
    """In milliseconds."""
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000, 1) if ordered else 0.0


async def play(
    system: Retour,
    lifecycles: list[load.Lifecycle],
    tokens: load.Tokens,
    witness: load.Witness,
    args: argparse.Namespace,
) -> float:
    """Let the hands work; how many seconds it took until the last return had closed."""
    waiting = list(reversed(lifecycles))
    begun = time.perf_counter()
    started = 0

    async def work() -> None:
        nonlocal started
        hand = load.Hand(system.port)
        while waiting:
            if args.rate:
                due = begun + started / args.rate
                started += 1
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
            if not waiting:
                break
            one = waiting.pop()
            try:
                await load.live(hand, tokens, one)
                witness.expect(one)
                while args.until_closed and not one.closed:
                    await asyncio.sleep(0.001)
            except load.Refused as refused:
                one.failed = str(refused)
        hand.close()

    await asyncio.gather(*(work() for _ in range(args.concurrency)))
    deadline = time.perf_counter() + 60
    while time.perf_counter() < deadline and any(one.return_id and not one.closed for one in lifecycles):
        await asyncio.sleep(0.01)
    return max((one.closed for one in lifecycles if one.closed), default=time.perf_counter()) - begun


async def measure(system: Retour, servers: Mapping[str, int], args: argparse.Namespace) -> dict[str, Any]:
    """One run."""
    tokens = await load.sign_in(system.port, "admin@retour.example", system.password)
    rest = {name: resident_mib(pid) for name, pid in system.processes.items()}
    witness = load.Witness(system.broker)
    await witness.start("message.sent.v1", "return.closed.v1")
    if args.warm_up:
        warm = await load.push_orders(system.port, tokens, args.warm_up)
        await play(system, warm, tokens, witness, argparse.Namespace(**{**vars(args), "rate": 0}))
    lifecycles = await load.push_orders(system.port, tokens, args.lifecycles)
    await asyncio.sleep(1)
    seen = len(witness.events)
    before = {name: cpu_seconds(pid) for name, pid in system.processes.items()}
    before |= {name: family_cpu(pid) for name, pid in servers.items()}
    seconds = await play(system, lifecycles, tokens, witness, args)
    after = {name: cpu_seconds(pid) for name, pid in system.processes.items()}
    after |= {name: family_cpu(pid) for name, pid in servers.items()}
    proofs = await load.prove(system.port, tokens, lifecycles)
    booked = await load.transfers(system.port, tokens)
    await witness.stop()
    good = [one for one in lifecycles if one.closed and proofs[one.return_id].right]
    whole = [one.closed - one.started for one in good]
    told = [one.told - one.inspected for one in good if one.told]
    cpu = {name: round((after[name] - before[name]) * 1000 / max(1, len(good)), 2) for name in after}
    keys = [transfer["key"] for transfer in booked]
    return {
        "lifecycles": args.lifecycles,
        "concurrency": args.concurrency,
        "rate": args.rate,
        "lifecycles_per_s": round(len(good) / seconds, 1),
        "p50_ms": percentile(whole, 0.5),
        "p95_ms": percentile(whole, 0.95),
        "p99_ms": percentile(whole, 0.99),
        "inspected_to_told_p50_ms": percentile(told, 0.5),
        "inspected_to_told_p99_ms": percentile(told, 0.99),
        "cpu_ms_per_lifecycle": {**cpu, "total": round(sum(cpu.values()), 2)},
        "rss_mib": {name: resident_mib(pid) for name, pid in system.processes.items()},
        "rss_mib_at_rest": rest,
        "events": len(witness.events) - seen,
        "lost": len(lifecycles) - len(good),
        "duplicated_effects": sum(proof.refunds > 1 or proof.messages > 1 for proof in proofs.values())
        + len(keys)
        - len(set(keys)),
        "batches": {name: batches(system.first_service + n) for n, name in enumerate(NAMES[1:])},
        "first_failure": next((one.failed for one in lifecycles if one.failed), None),
    }


@contextlib.asynccontextmanager
async def standing(
    args: argparse.Namespace, checkout: Path | None = None
) -> AsyncIterator[tuple[Retour, dict[str, int]]]:
    """Servers of our own and a Retour on them."""
    with rig.folder() as folder, contextlib.ExitStack() as stack:
        if args.shared:
            postgres, broker = os.environ["RETOUR_POSTGRES_URL"], os.environ["RETOUR_BROKER_URL"]
            pids: dict[str, int] = {}
        else:
            database, postgres = stack.enter_context(rig.postgres(folder))
            messages, broker = stack.enter_context(rig.rabbitmq(folder))
            pids = {"postgres": database.pid, "rabbitmq": messages.pid}
        system = stack.enter_context(retour(folder, postgres, broker, checkout))
        try:
            yield system, pids
            if args.log is not None:
                args.log.write_bytes(system.log.read_bytes())
        except Exception:
            sys.stderr.write(system.log.read_text()[-4000:])
            raise


def main() -> None:
    """Read the wishes, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lifecycles", type=int, default=600)
    parser.add_argument("--concurrency", type=int, default=16)
    parser.add_argument("--rate", type=float, default=0, help="lifecycles started a second; 0: as fast as it goes")
    parser.add_argument(
        "--until-closed", action="store_true", help="a hand starts the next one when its last has closed"
    )
    parser.add_argument("--warm-up", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--log", type=Path, help="keep Retour's log here")
    parser.add_argument("--shared", action="store_true", help="use the servers named by the environment")
    args = parser.parse_args()

    async def run() -> list[dict[str, Any]]:
        async with standing(args) as (system, servers):
            return [await measure(system, servers, args) for _ in range(args.rounds)]

    rounds = asyncio.run(run())
    middle = sorted(rounds, key=lambda result: result["lifecycles_per_s"])[len(rounds) // 2]
    if len(rounds) > 1:
        middle["rounds_lifecycles_per_s"] = [result["lifecycles_per_s"] for result in rounds]
        middle["median_p50_ms"] = statistics.median(result["p50_ms"] for result in rounds)
    print(json.dumps(middle))
    sys.exit(1 if any(result["lost"] or result["duplicated_effects"] for result in rounds) else 0)


if __name__ == "__main__":
    main()
