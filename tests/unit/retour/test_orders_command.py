"""`retour orders convert`: the documents of an order from a shop's file, in one process, without a server (N14)."""

import json
import sys
from pathlib import Path

import pytest
import typer.rich_utils

from retour import chinese, command
from retour.exit_status import ExitStatus

DATA = Path(__file__).parents[2] / "data" / "shops"


@pytest.fixture(autouse=True)
def _titles(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chinese titles are Typer's for the whole process: afterwards they are its own again."""
    for name in chinese.TITLES:
        monkeypatch.setattr(f"typer.rich_utils.{name}", getattr(typer.rich_utils, name))


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["retour", "orders", "convert", *words])
    with pytest.raises(SystemExit) as ended:
        command.main()
    return int(ended.value.code or 0)


def test_the_order_and_its_later_facts_are_printed_as_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(DATA / "shopify_rest_order.json")
    assert run(monkeypatch, file, "--from", "shopify", "--storefront", "shop", "--regime", "UK") == ExitStatus.GOOD
    found = json.loads(capsys.readouterr().out)
    assert (found["order"]["storefront"], found["order"]["regime"], found["order"]["total_minor"]) == (
        "shop",
        "UK",
        59894,
    )
    assert found["facts"]["payments"] == []
    assert [each["refund_id"] for each in found["facts"]["refunds"]] == ["509562969"]
    assert len(found["notes"]) == 1
    assert (
        run(monkeypatch, file, "--from", "shopify", "--as-placed", "--business", "--language", "zh-CN")
        == ExitStatus.GOOD
    )
    placed = json.loads(capsys.readouterr().out)
    assert placed["order"]["tenders"] == []
    assert placed["order"]["consumer"] is False
    assert [each["captured_minor"] for each in placed["facts"]["payments"]] == [59894]
    assert placed["notes"] != found["notes"]


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_what_is_wrong_ends_with_usage_and_names_it(
    language: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    bad, twice, huge = tmp_path / "bad.json", tmp_path / "twice.json", tmp_path / "huge.json"
    bad.write_text("{", encoding="utf-8")
    twice.write_text('{"id": 1, "id": 2}', encoding="utf-8")
    huge.write_bytes(b" " * (4 * 1024 * 1024 + 1))
    properties = str(DATA / "shopify_rest_properties.json")
    tries = [
        ([properties, "--from", "shopify"], "/line_items/0/price_set/presentment_money/currency_code"),
        ([properties, "--from", "magento"], "--from"),
        ([properties, "--from", "shopify", "--regime", "JP"], "--regime"),
        ([properties, "--from", "shopify", "--customer-language", "fr"], "--customer-language"),
        ([str(bad), "--from", "medusa"], "bad.json"),
        ([str(twice), "--from", "medusa"], "twice.json"),
        ([str(huge), "--from", "medusa"], "4 MiB"),
        ([str(tmp_path / "none"), "--from", "medusa"], "none"),
    ]
    for words, named in tries:
        assert run(monkeypatch, *words, "--language", language) == ExitStatus.USAGE, words
        shown = capsys.readouterr()
        assert named in shown.err
        assert shown.out == ""
