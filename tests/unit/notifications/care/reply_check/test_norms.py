"""The checks know right from wrong in both languages: labelled sentences and clean ones (K05, Q04, N3.2 to N3.6)."""

import re
import textwrap
from typing import Final, get_args

import pytest

from service_notifications.adapters.care.reply_check.reply_document import read_reply
from service_notifications.domain.care.reply_check.reply_report import check_reply
from shared.kernel.errors import Language
from tests.norms import measure
from tests.norms.contexts import CONTEXTS


@pytest.mark.parametrize("each", measure.labelled(), ids=lambda each: f"{each.name}-{each.language}")
def test_a_list_is_precise_and_complete_enough(each: measure.Labelled) -> None:
    """K05: every list, in zh-CN and en, with its held-out third apart."""
    assert len(each.fails) >= measure.LEAST
    assert len(each.passes) >= measure.LEAST
    assert each.context in CONTEXTS
    rest, held = measure.measure(each, held_out=False), measure.measure(each, held_out=True)
    assert rest.precision >= measure.PRECISION, rest.alarms
    assert rest.recall >= measure.RECALL, rest.missed
    assert held.precision >= measure.HELD_OUT_PRECISION
    assert held.recall >= measure.HELD_OUT_RECALL


def test_both_languages_have_every_list() -> None:
    """zh-CN and en are equal in force."""
    names = {
        language: {each.name for each in measure.labelled() if each.language == language}
        for language in get_args(Language)
    }
    assert names["en"] == names["zh-CN"]
    assert len(names["en"]) >= 23


@pytest.mark.parametrize("language", get_args(Language))
def test_clean_sentences_hardly_ever_raise_an_alarm(language: Language) -> None:
    """K05: fewer than two in a hundred, over at least 200 sentences."""
    texts = measure.clean(language)
    assert len(set(texts)) >= 200
    assert len(measure.false_alarms(language)) < measure.MOST_FALSE_ALARMS * len(texts)


@pytest.mark.parametrize("language", get_args(Language))
def test_new_text_is_judged_about_as_well(language: Language) -> None:
    """K05: sentences that no list was mended with; recall of unusual wordings is published, not promised."""
    new = measure.measure_unseen(language)
    assert new.alarms <= measure.MOST_UNSEEN_ALARMS
    assert new.typical >= measure.UNSEEN_RECALL


WHOLE: Final = {
    part.partition(":")[0]: textwrap.dedent(part.partition("\n")[2])
    for part in re.split(r"^(?=\w)", (measure.DATA / "whole.yaml").read_text(encoding="utf-8"), flags=re.MULTILINE)
    if not part.startswith("#")
}


@pytest.mark.parametrize("name", WHOLE)
def test_a_good_reply_with_its_facts_raises_nothing(name: str) -> None:
    """K05: whole replies of several purposes, where what is absent counts as well as what is there."""
    verdict = check_reply(read_reply(WHOLE[name].encode()))
    assert verdict.findings == ()
    assert verdict.sendable
    assert verdict.score.passed
