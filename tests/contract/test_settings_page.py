"""The page of settings knows every setting, in both languages, and `.env.example` asks for nothing that it does not."""

import re
from pathlib import Path
from typing import Final

import pytest

from docs.settings import CHINESE, CLASSES, COMMAND, COMPOSE, TESTS, settings, variables

ROOT: Final = Path(__file__).parent.parent.parent
FIELDS: Final = {name: field for kind in CLASSES.values() for name, field in variables(kind).items()}
OTHERS: Final = {each.name: each for each in (*COMMAND, *TESTS, *COMPOSE)}
READ: Final = ("gateway", "retour", "service_*", "shared", "tests/support")
OWN: Final = re.compile(r"\bRETOUR_[A-Z_]+[A-Z]\b")
ASKED: Final = re.compile(r"^([A-Z_]+)=", re.MULTILINE)


@pytest.mark.parametrize("name", FIELDS)
def test_a_setting_is_described_in_both_languages(name: str) -> None:
    said = FIELDS[name].description or ""
    assert said.endswith("."), f"{name} needs a description"
    assert CHINESE.get(name, "").endswith("。"), f"{name} needs a text in docs/settings.py"


def test_nothing_is_described_that_is_no_setting() -> None:
    assert set(CHINESE) == set(FIELDS)


@pytest.mark.parametrize("name", OTHERS)
def test_every_other_variable_is_described_in_both_languages(name: str) -> None:
    assert OTHERS[name].says.en.endswith(".")
    assert OTHERS[name].says.zh.endswith("。")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_variable_stands_on_the_page_once(language: str) -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \|", settings(language, ""), re.MULTILINE)
    assert sorted(rows) == sorted([*FIELDS, *OTHERS])


def test_a_variable_of_our_own_that_the_code_reads_is_on_the_page() -> None:
    sources = [path for folder in READ for path in ROOT.glob(f"{folder}/**/*.py")]
    texts = [path.read_text() for path in (*sources, ROOT / "docker-compose.yml", *ROOT.glob("deploy/*.yml"))]
    found = {name for text in texts for name in OWN.findall(text)}
    assert {"RETOUR_DATA", "RETOUR_PORT"} <= found <= set(OTHERS)


def test_the_example_of_an_environment_asks_for_what_the_page_describes() -> None:
    asked = set(ASKED.findall((ROOT / ".env.example").read_text()))
    assert asked <= FIELDS.keys() | OTHERS.keys()
    assert {each.name for each in COMPOSE if each.default is None} <= asked
