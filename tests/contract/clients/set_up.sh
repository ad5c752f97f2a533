#!/bin/sh
# Brings the tools that read Retour's contracts, each by its hash, into the folder that is named; once for each lock.
#   tests/contract/clients/set_up.sh FOLDER
set -eu
here=$(cd "$(dirname "$0")" && pwd)
to=$1
key=$( (echo "$to"; cat "$here/requirements.txt" "$here/package.json" "$here/package-lock.json" "$0") | cksum | tr -dc '0-9')
[ ! -e "$to/.ready-$key" ] || exit 0
rm -rf "$to"
mkdir -p "$to"

bin=$here/../../../.venv/bin
# uv does not read pip's configuration; whoever set a mirror for pip meant it for this as well.
if [ -z "${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-}" ]; then
    mirror=${PIP_INDEX_URL:-$("$bin/python" -m pip config get global.index-url 2>/dev/null || true)}
    [ -z "$mirror" ] || export UV_DEFAULT_INDEX="$mirror"
fi
"$bin/uv" venv --quiet --python "$bin/python" "$to/venv"
"$bin/uv" pip install --quiet --python "$to/venv/bin/python" --require-hashes --only-binary :all: -r "$here/requirements.txt"

cp "$here/package.json" "$here/package-lock.json" "$to"
npm ci --prefix "$to" --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
touch "$to/.ready-$key"
