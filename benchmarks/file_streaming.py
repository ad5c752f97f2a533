"""One large file through the gateway and back, in both modes: seconds, and by how much each process grows at most.

    .venv/bin/python benchmarks/file_streaming.py [MEGABYTES]

One JSON line a mode. Over SQLite in both: databases are not what is measured here.
"""

import asyncio
import json
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from sqlalchemy import MetaData, create_engine

from gateway.adapters.tables import metadata as gateway_metadata
from service_inspection.adapters.tables import metadata
from tests.support.file_processes import processes, there_and_back


def _database(folder: Path, name: str, tables: MetaData) -> str:
    url = f"sqlite:///{folder / name}.db"
    engine = create_engine(url)
    tables.create_all(engine)
    engine.dispose()
    return url


async def measure(mode: str, megabytes: int) -> None:
    """Print what it took."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        front = _database(folder, "gateway", gateway_metadata)
        inner = _database(folder, "service", metadata)
        async with processes(mode, folder / "evidence", front, inner) as found:
            *names, address = found
            took = await there_and_back(address, {each: found[each] for each in names}, (4, megabytes))
    grown = {each: round(size / 1024 / 1024, 1) for each, size in took.grown.items()}
    rates = {
        "up_mb_per_s": round(megabytes / took.up_seconds, 1),
        "down_mb_per_s": round(megabytes / took.down_seconds, 1),
    }
    print(json.dumps({"mode": mode, "megabytes": megabytes, **rates, "grown_mib": grown}))


async def main() -> None:
    """Both modes."""
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    for mode in ("embedded", "distributed"):
        await measure(mode, megabytes)


if __name__ == "__main__":
    asyncio.run(main())
