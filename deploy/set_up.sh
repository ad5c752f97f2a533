#!/bin/sh
# Makes .venv hold exactly what requirements.lock says, hash by hash; does nothing when it already does.
#   deploy/set_up.sh runtime|dev      PYTHON=python3.12 to choose the interpreter
set -eu
cd "$(dirname "$0")/.."
wanted=${1:-runtime}
bin=.venv/bin

# The place is part of the key because a virtual environment does not survive being moved.
key=$( (pwd; cat pyproject.toml requirements.lock deploy/set_up.sh) | cksum | tr -dc '0-9')
if [ -x $bin/python ]; then
    [ ! -e ".venv/.dev-$key" ] || exit 0
    [ "$wanted" != runtime ] || [ ! -e ".venv/.runtime-$key" ] || exit 0
fi

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }
if ! { [ -x $bin/python ] && [ -e .venv/.place ] && [ "$(cat .venv/.place)" = "$(pwd)" ] && new_enough $bin/python; }; then
    for python in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11 python}; do
        new_enough "$python" && break || python=
    done
    [ -n "$python" ] || { echo "Retour needs Python 3.11 or newer; name one with PYTHON=/path/to/python3." >&2; exit 1; }
    rm -rf .venv
    "$python" -m venv .venv
    pwd >.venv/.place
fi
rm -f .venv/.runtime-* .venv/.dev-*

# uv itself comes from the lock too, by the one installer that a fresh virtual environment has.
sed -n '/^uv==/,/[^\\]$/p' requirements.lock >.venv/uv.txt
$bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r .venv/uv.txt

# uv does not read pip's configuration; whoever set a mirror for pip meant it for this as well.
if [ -z "${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-}" ]; then
    mirror=${PIP_INDEX_URL:-$($bin/python -m pip config get global.index-url 2>/dev/null || true)}
    [ -z "$mirror" ] || export UV_DEFAULT_INDEX="$mirror"
fi
extra=; [ "$wanted" = runtime ] || extra="[dev]"
$bin/uv pip install --quiet --python $bin/python --compile-bytecode \
    --constraints requirements.lock --build-constraints requirements.lock --editable ".$extra"

# A package that the lock does not know came in without a hash.
$bin/uv pip freeze --quiet --python $bin/python --exclude-editable --exclude pip --exclude setuptools |
    while read -r installed; do
        grep -q "^$installed " requirements.lock && continue
        echo "$installed is not in requirements.lock; run: make lock" >&2
        exit 1
    done
: >".venv/.$wanted-$key"
