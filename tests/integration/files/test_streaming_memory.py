"""A file of any size passes through in bounded memory, in both modes, in every process (S-60)."""

from pathlib import Path

from gateway.adapters.tables import common as gateway_tables, metadata as gateway_metadata
from service_inspection.adapters.tables import common, metadata
from tests.conftest import Engines
from tests.support.file_processes import processes, there_and_back

MIB = 1024 * 1024


async def test_thirty_two_megabytes_there_and_back_need_less_than_eight(
    mode: str, engines: Engines, tmp_path: Path
) -> None:
    """After one file of the same kind, so that what a first request loads does not count."""
    front = await engines.make(gateway_metadata, gateway_tables, word="gateway")
    inner = await engines.make(metadata, common, word="files")
    async with processes(mode, tmp_path / "evidence", front, inner) as found:
        *names, address = found
        took = await there_and_back(address, {name: found[name] for name in names}, (4, 32))
    assert all(grown < 8 * MIB for grown in took.grown.values()), took
