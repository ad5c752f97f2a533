"""The trip wire is not there unless it is set, and lies only where it is set."""

import signal
from pathlib import Path

import pytest

from shared.runtime.failpoint import SETTING, Failpoints


def test_without_the_setting_there_is_none() -> None:
    assert Failpoints.of("refunds", {}) is None
    assert Failpoints.of("refunds", {SETTING: "requests published /tmp/x"}) is None


@pytest.mark.parametrize("wire", ["refunds", "refunds published", "published /tmp/x"])
def test_a_wire_that_cannot_be_read_is_named(wire: str) -> None:
    with pytest.raises(ValueError, match=SETTING):
        Failpoints.of("refunds", {SETTING: wire})


def test_it_kills_once_and_at_its_point_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    killed: list[int] = []
    monkeypatch.setattr("shared.runtime.failpoint.os.kill", lambda _, number: killed.append(number))
    marker = tmp_path / "tripped here"
    setting = f"requests taken /nowhere; refunds published {marker};"
    for _ in range(2):
        wire = Failpoints.of("refunds", {SETTING: setting})
        assert wire is not None
        wire.reach("taken")
        assert marker.exists() == bool(killed)
        wire.reach("published")
    assert killed == [signal.SIGKILL]
