"""The data folder: one process at a time, secrets for its owner alone, made once."""

import fcntl
import json
import os
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from threading import Barrier

import pytest

from retour import access
from retour.exit_status import Trouble
from retour.hosting.data_folder import ADMIN, DataFolder, InUse


def test_a_folder_is_for_one_at_a_time(tmp_path: Path) -> None:
    with DataFolder(tmp_path).held(), pytest.raises(InUse), DataFolder(tmp_path).held():
        pass
    with DataFolder(tmp_path).held():
        pass


def test_secrets_are_made_once_and_for_their_owner_alone(tmp_path: Path) -> None:
    data_folder = DataFolder(tmp_path / "new")
    assert not data_folder.has_secrets
    assert data_folder.secrets() == data_folder.secrets()
    assert (data_folder.folder / "secrets.json").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("left", [None, 0o666, 0o640], ids=["nothing", "open to all", "open to the group"])
def test_secrets_are_closed_to_the_group_and_to_others_whatever_they_were_made_in(
    tmp_path: Path, left: int | None
) -> None:
    """By their own mode: no mask of the person's helps, and what lay there half made was open."""
    before = os.umask(0)
    try:
        data_folder = DataFolder(tmp_path / "new")
        if left is not None:
            data_folder.folder.mkdir()
            (data_folder.folder / "secrets.new").write_text("x")
            (data_folder.folder / "secrets.new").chmod(left)
        data_folder.secrets()
        with data_folder.held():
            modes = {path.name: path.stat().st_mode & 0o777 for path in data_folder.folder.iterdir()}
        assert modes == {"secrets.json": 0o600, "lock": 0o600}
        if left is None:
            assert data_folder.folder.stat().st_mode & 0o777 == 0o700
    finally:
        os.umask(before)


def test_several_at_once_make_the_same_secrets(tmp_path: Path) -> None:
    """Four `retour migrate` over a new folder: what one has given to PostgreSQL has to be what the others read."""
    together = Barrier(8)

    def ask(folder: Path) -> str:
        together.wait()
        return DataFolder(folder).secrets().token_key

    with ThreadPoolExecutor(8) as threads:
        for number in range(20):
            folder = tmp_path / str(number)
            assert len({*threads.map(ask, [folder] * 8)}) == 1
            assert [path.name for path in folder.iterdir()] == ["secrets.json"]


def test_secrets_that_somebody_is_making_are_waited_for(tmp_path: Path) -> None:
    data_folder, other = DataFolder(tmp_path / "here"), DataFolder(tmp_path / "there")
    theirs = other.secrets()
    data_folder.folder.mkdir()
    with ThreadPoolExecutor() as threads, (data_folder.folder / "secrets.new").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        asked = threads.submit(data_folder.secrets)
        assert not wait([asked], timeout=0.2).done
        (other.folder / "secrets.json").rename(data_folder.folder / "secrets.json")
        fcntl.flock(file, fcntl.LOCK_UN)
        assert asked.result() == theirs


def test_what_was_left_of_secrets_half_made_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "secrets.new").write_text("x" * 10_000)
    assert DataFolder(tmp_path).secrets() == DataFolder(tmp_path).secrets()


def test_what_is_kept_is_for_its_owner_alone_in_a_folder_of_any_kind(tmp_path: Path) -> None:
    """Customers' names, addresses and mails lie there, too; the umask is as before when the work is done."""
    before = os.umask(0o022)
    try:
        new, open_to_all = DataFolder(tmp_path / "new"), DataFolder(tmp_path / "open")
        open_to_all.folder.mkdir(mode=0o755)
        for data_folder in (new, open_to_all):
            with data_folder.held():
                (data_folder.folder / "gateway.db").write_text("names")
            assert (data_folder.folder / "gateway.db").stat().st_mode & 0o077 == 0
        assert new.folder.stat().st_mode & 0o077 == 0
        DataFolder(tmp_path / "other").secrets()
        assert (tmp_path / "other").stat().st_mode & 0o077 == 0
        assert os.umask(0o022) == 0o022
    finally:
        os.umask(before)


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_secrets_are_their_owners_alone_whatever_the_umask_allows(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        data_folder = DataFolder(tmp_path / "new")
        data_folder.secrets()
        with data_folder.held():
            data_folder.remember_address("http://127.0.0.1:1")
        modes = {path.name: path.stat().st_mode & 0o777 for path in data_folder.folder.iterdir()}
        assert modes == {"secrets.json": 0o600, "lock": 0o600, "address": 0o600}
        assert data_folder.folder.stat().st_mode & 0o777 == 0o700
    finally:
        os.umask(before)


@pytest.mark.parametrize(
    ("kind", "name"),
    [("internal_keys", "refunds"), ("database_passwords", "requests"), ("database_passwords", "gateway")],
)
def test_secrets_that_lack_somebodys_are_said_with_the_name(tmp_path: Path, kind: str, name: str) -> None:
    DataFolder(tmp_path).secrets()
    path = tmp_path / "secrets.json"
    kept = json.loads(path.read_text())
    del kept[kind][name]
    path.write_text(json.dumps(kept))
    with pytest.raises(OSError, match=f"lacks what belongs to {name};"):
        DataFolder(tmp_path).secrets()


def test_no_two_secrets_are_the_same_and_each_is_long(tmp_path: Path) -> None:
    known = DataFolder(tmp_path).secrets()
    every = [
        *known.internal_keys.values(), *known.database_passwords.values(), known.token_key, known.admin_password,
    ]  # fmt: skip
    assert len(set(every)) == len(every) == 11
    assert all(len(each) >= 32 for each in every[:-1])
    assert len(known.admin_password) >= 16
    assert known.bootstrap_admin == f"{ADMIN}:{known.admin_password}"


def test_a_new_folder_is_one_from_which_nothing_was_served(tmp_path: Path) -> None:
    data_folder = DataFolder(tmp_path)
    data_folder.secrets()
    assert data_folder.is_new
    (tmp_path / "gateway.db").touch()
    assert not data_folder.is_new


@pytest.mark.parametrize("damage", ["", "{}", "[]", '{"token_key": 1}'])
def test_damaged_secrets_are_said_and_never_replaced(tmp_path: Path, damage: str) -> None:
    (tmp_path / "secrets.json").write_text(damage)
    with pytest.raises(OSError, match=r"secrets\.json is damaged"):
        DataFolder(tmp_path).secrets()
    assert (tmp_path / "secrets.json").read_text() == damage


def test_who_asks_is_said_or_in_the_environment_or_in_the_folder(tmp_path: Path) -> None:
    data_folder = DataFolder(tmp_path)
    booted = {"GATEWAY_BOOTSTRAP_ADMIN": "boot@retour.example:pass:word"}
    with pytest.raises(Trouble):
        access.find(data_folder, None, None, None, {})
    found = access.find(data_folder, None, None, None, booted).administrator
    assert (found.email, found.password) == ("boot@retour.example", "pass:word")
    assert access.find(data_folder, None, "me@x.example", "mine", booted).administrator.email == "me@x.example"
    mixed = access.find(data_folder, None, "me@x.example", None, booted).administrator
    assert (mixed.email, mixed.password) == ("me@x.example", "pass:word")
    assert access.find(data_folder, None, None, "mine", booted).administrator.password == "mine"
    data_folder.secrets()
    assert access.find(data_folder, None, None, None, {}).administrator.email == ADMIN
    other = access.find(data_folder, None, "me@x.example", None, {}).administrator
    assert (other.email, other.password) == ("me@x.example", data_folder.secrets().admin_password)


def test_the_server_is_the_one_last_started_from_the_folder_unless_said(tmp_path: Path) -> None:
    data_folder = DataFolder(tmp_path)
    data_folder.secrets()
    assert access.find(data_folder, None, None, None, {}).url == access.ANYWHERE
    data_folder.remember_address("http://127.0.0.1:9")
    assert access.find(data_folder, None, None, None, {}).url == "http://127.0.0.1:9"
    assert access.find(data_folder, "http://else", None, None, {}).url == "http://else"
