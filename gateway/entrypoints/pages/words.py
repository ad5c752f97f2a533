"""Every word on the pages, in both languages, gathered from the audiences."""

from collections.abc import Mapping
from typing import Final

from gateway.entrypoints.pages.console.words import CONSOLE_WORDS
from gateway.entrypoints.pages.frame_words import FRAME_WORDS
from gateway.entrypoints.pages.public.words import PUBLIC_WORDS
from gateway.entrypoints.pages.sign_in.words import SIGN_IN_WORDS
from shared.kernel.errors import Said

WORDS: Final[Mapping[str, Said]] = {**FRAME_WORDS, **PUBLIC_WORDS, **SIGN_IN_WORDS, **CONSOLE_WORDS}
