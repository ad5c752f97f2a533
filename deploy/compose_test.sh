#!/usr/bin/env bash
# Really starts docker-compose.yml, takes a return through the published gateway, kills the broker in the middle of a
# second one, stops everything and throws it away. Without an engine that answers it starts deploy/compose-lab.
#   RETOUR_PORT=18080 RETOUR_MAIL_PORT=18025 deploy/compose_test.sh
set -euo pipefail
cd "$(dirname "$0")/.."
. deploy/compose_command.sh

export RETOUR_PORT=${RETOUR_PORT:-18080} RETOUR_MAIL_PORT=${RETOUR_MAIL_PORT:-18025}
OURS="gateway requests inspection refunds notifications"
lab=

say() { printf '\n%5d s  %s\n' "$SECONDS" "$*"; }
retour() { compose --project-name retour-test -f docker-compose.yml -f deploy/compose-mail.yml --progress quiet "$@"; }
engine_answers() { timeout 10 docker version >/dev/null 2>&1; }
start() { retour up --detach --wait --wait-timeout 300; }
one_return() {
    timeout 300 .venv/bin/python deploy/return_end_to_end.py --patience 240 \
        --gateway "http://127.0.0.1:$RETOUR_PORT" --mail "http://127.0.0.1:$RETOUR_MAIL_PORT"
}

finish() {
    code=$?
    trap - EXIT
    if engine_answers; then
        if [ $code -ne 0 ]; then
            say "failed; what there is, and what it said last"
            retour ps --all || true
            retour logs --no-color --tail 40 || true
        fi
        say "taking everything down"
        retour down --volumes --remove-orphans --timeout 30 || code=1
    fi
    [ -z "$lab" ] || deploy/compose-lab/compose_lab.sh down || code=1
    say "$([ $code -eq 0 ] && echo passed || echo FAILED)"
    exit $code
}
trap finish EXIT
trap 'exit 130' INT TERM

if ! engine_answers; then
    eval "$(deploy/compose-lab/compose_lab.sh env)"
fi
if ! engine_answers; then
    say "no container engine answers: starting the lab"
    lab=started
    deploy/compose-lab/compose_lab.sh up
fi

deploy/make_env.sh
GATEWAY_BOOTSTRAP_ADMIN=$(sed -n 's/^GATEWAY_BOOTSTRAP_ADMIN=//p' .env)
export GATEWAY_BOOTSTRAP_ADMIN

say "building"
retour build
say "starting"
start
say "one return, end to end"
one_return

say "killing the broker, and asking for a second return while it is away"
retour kill --signal SIGKILL rabbitmq
one_return &
second=$!
sleep 5
say "starting again"
start
wait "$second"

say "stopping: each of our processes must end by itself"
retour stop --timeout 30
for service in $OURS; do
    code=$(docker inspect --format '{{.State.ExitCode}}' "$(retour ps --all --quiet "$service")")
    [ "$code" = 0 ] || { echo "$service ended with $code"; exit 1; }
done
