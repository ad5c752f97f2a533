"""Callbacks that run after the commit of a unit of work: how a change wakes the loop that continues the work."""

from collections.abc import Callable
from typing import ClassVar

import structlog

log = structlog.get_logger(__name__)


class AfterCommit:
    """A part of a unit of work. Calling this object registers a callback.

    The callbacks run once, in the order of their registration, when the unit of work is committed. A repeated try is a
    new unit of work; the callbacks of the try before it are dropped. A callback that raises is logged; the others run.
    """

    __slots__ = ("_callbacks",)

    copied: ClassVar[bool] = False
    unsure: ClassVar[bool] = False

    def __init__(self) -> None:
        self._callbacks: list[Callable[[], object]] = []

    def __call__(self, callback: Callable[[], object]) -> None:
        """Run `callback` after the commit. The callback must be quick and must not wait."""
        self._callbacks.append(callback)

    def settle(self) -> None:
        """Run the callbacks. The commit is done, so no error may reach the caller, who would repeat the use case."""
        callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            try:
                callback()
            except Exception:
                log.exception("after_commit_failed", callback=repr(callback))

    def release(self) -> None:
        """Drop callbacks that did not run: the unit of work was refused or is stale."""
        self._callbacks.clear()
