"""`python -m tests.support.processes.forked_children up --distributed …`: `retour`, whose child processes are forks.

A new interpreter imports two seconds of modules before it serves, which is most of the work in a test that kills a
dozen processes. Here one process imports them, and each child is a fork of it. Everything else is the command's own: it
migrates, starts, watches, restarts and stops its children. Tests that start `python -m retour` see new interpreters.
"""

import asyncio
import gc
import multiprocessing
import os
import runpy
import sys
from collections.abc import Callable, Mapping
from multiprocessing.context import ForkServerProcess
from typing import Final

IMPORTED: Final = ("gateway.app", "retour.hosting.recipes", "shared.web.process", "tests.support.processes.slow_bus")
"""What a fork has without importing it; the gateway's and the services' own modules come with these."""


class ForkedChild:
    """The part of `asyncio.subprocess.Process` that the command uses."""

    def __init__(self, process: ForkServerProcess) -> None:
        self._process = process
        self._ended = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().add_reader(process.sentinel, self._note)

    def _note(self) -> None:
        asyncio.get_running_loop().remove_reader(self._process.sentinel)
        self._process.join()
        self._ended.set_result(self._process.exitcode)

    @property
    def returncode(self) -> int | None:
        """The exit status; None while it runs."""
        return self._process.exitcode

    async def wait(self) -> int:
        """The exit status, once it has ended."""
        status: int = await asyncio.shield(self._ended)
        return status

    def terminate(self) -> None:
        """SIGTERM."""
        self._process.terminate()

    def kill(self) -> None:
        """SIGKILL."""
        self._process.kill()


async def fork(
    _python: str, _m: str, module: str, verb: str, *, env: Mapping[str, str], preexec_fn: Callable[[], None]
) -> ForkedChild:
    """In place of `asyncio.create_subprocess_exec`."""
    process = multiprocessing.get_context("forkserver").Process(target=_be, args=(module, verb, dict(env), preexec_fn))
    await asyncio.to_thread(process.start)
    return ForkedChild(process)


def _be(module: str, verb: str, env: Mapping[str, str], first: Callable[[], None]) -> None:
    """The forked process: `python -m MODULE VERB`."""
    gc.freeze()  # what is imported is garbage in no child
    first()
    os.environ.clear()
    os.environ.update(env)
    sys.argv = [module, verb]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _main() -> None:
    from retour.command import main  # noqa: PLC0415  a child that is forked does not need it
    from tests.support.processes import slow_bus  # noqa: F401, PLC0415  for the embedded mode, which has no children

    multiprocessing.set_forkserver_preload([*IMPORTED])
    asyncio.create_subprocess_exec = fork  # type: ignore[assignment]
    main()


if __name__ == "__main__":
    _main()
