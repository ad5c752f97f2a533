"""In which language the command speaks."""

import pytest

from retour import language


@pytest.mark.parametrize(
    ("environment", "spoken"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh-CN"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LC_ALL": "", "LC_MESSAGES": "zh_TW", "LANG": "en_GB"}, "zh-CN"),
    ],
)
def test_the_first_locale_variable_that_is_set_decides(environment: dict[str, str], spoken: str) -> None:
    assert language.choose(["up"], environment) == (["up"], spoken)


@pytest.mark.parametrize("said", [["--language", "zh-CN"], ["--language=zh-CN"], ["--language", "zh"]])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_what_is_said_counts_wherever_it_stands(said: list[str], place: int) -> None:
    words = ["events", "tail"]
    assert language.choose([*words[:place], *said, *words[place:]], {"LANG": "en_US"}) == (words, "zh-CN")


@pytest.mark.parametrize("said", [["--language", "fr"], ["--language="], ["--language"]])
def test_a_language_we_do_not_speak_is_refused(said: list[str]) -> None:
    with pytest.raises(ValueError):
        language.choose(said, {})
