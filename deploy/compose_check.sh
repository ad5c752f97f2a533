#!/bin/sh
# Reads docker-compose.yml and the Dockerfiles without starting anything: they must be valid, and keep the rules
# of hadolint and compose-lint. A missing tool is a failure, not a pass.
set -eu
cd "$(dirname "$0")/.."
bin=$PWD/.venv/bin
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

. deploy/compose_command.sh

deploy/make_env.sh "$scratch/env" "$scratch/definitions.json" 2>/dev/null
echo "compose config"
for overlay in "" "-f deploy/compose-mail.yml"; do
    # shellcheck disable=SC2086  # an overlay is two words or none
    compose --env-file "$scratch/env" -f docker-compose.yml $overlay config --quiet
done
echo "a start without secrets is refused"
if compose --env-file /dev/null config --quiet 2>"$scratch/said"; then
    echo "docker-compose.yml starts without secrets" >&2
    exit 1
fi
grep -q 'make compose-env' "$scratch/said" || { cat "$scratch/said" >&2; exit 1; }
echo "hadolint"
"$bin/hadolint" Dockerfile deploy/store/Dockerfile
echo "compose-lint"
"$bin/compose-lint" check --config deploy/compose-lint.yml --skip-suppressed --fail-on low docker-compose.yml
