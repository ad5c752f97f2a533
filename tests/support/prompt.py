"""`retour …` typed again and again: each a process of its own, forked from one that has imported everything.

Two seconds of imports for each look of a doctor that looks thirty times would be most of a test. What a newly started
interpreter does is seen by those tests that start one. The words import what they need when they run, so that all of it
is named here.
"""

import atexit
import gc
import importlib
import json
import os
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

START: Final = [sys.executable, "-m", "tests.support.prompt"]
ROOT: Final = Path(__file__).parents[2]
IMPORTED: Final = (
    "alembic.command",
    "retour.demo.player",
    "retour.hosting.embedded",
    "retour.hosting.server",
    "retour.hosting.servers",
    "retour.operating.dead_letters",
    "retour.operating.doctor.examination",
    "retour.operating.events_tail",
)
"""What a fork has without importing it."""

OF_THE_ENVIRONMENT: Final = "retour.hosting.distributed"
"""Reads the environment when it is imported, so that each fork reads it again."""

ENVIRONMENT: Final = {"LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"}


class Prompt:
    """One such process; ends with the one that has made it."""

    def __init__(self) -> None:
        environment = {**os.environ, **ENVIRONMENT}
        self._process = subprocess.Popen(
            START, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        atexit.register(self._process.communicate)

    def run(
        self, words: Sequence[str], environment: Mapping[str, str], seconds: float
    ) -> subprocess.CompletedProcess[str]:
        """How `retour` ended with these words and what it printed; `AssertionError` when it has not after `seconds`."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with tempfile.TemporaryDirectory() as folder:
            out, err = Path(folder, "out"), Path(folder, "err")
            asked = {
                "words": list(words),
                "environment": dict(environment),
                "out": str(out),
                "err": str(err),
                "seconds": seconds,
            }
            self._process.stdin.write(json.dumps(asked) + "\n")
            self._process.stdin.flush()
            status = json.loads(self._process.stdout.readline())
            assert status >= 0, f"retour {' '.join(words)}: killed after {seconds} s, signal {-status}"
            return subprocess.CompletedProcess(list(words), status, out.read_text(), err.read_text())


def _answer() -> None:
    for name in (*IMPORTED, OF_THE_ENVIRONMENT):
        importlib.import_module(name)
    gc.freeze()
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if not child:
            _be(asked)
        _, ended = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(ended)}\n")
        sys.stdout.flush()


def _be(asked: Mapping[str, Any]) -> None:
    """The forked process: the command's own `main`, with this environment, its output into two files."""
    import signal  # noqa: PLC0415

    from retour.command import main  # noqa: PLC0415

    signal.alarm(int(asked["seconds"]))
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for number, path in ((1, asked["out"]), (2, asked["err"])):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), number)
    os.environ.clear()
    os.environ.update(asked["environment"])
    importlib.reload(sys.modules[OF_THE_ENVIRONMENT])
    sys.argv = ["retour", *asked["words"]]
    status = 1
    try:
        main()
        status = 0
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except Exception:  # noqa: BLE001  as an interpreter does with whatever comes up to it
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    _answer()
