#!/bin/sh
# Writes .env with random secrets where there is none yet, and the broker's definitions from whatever .env says.
#   deploy/make_env.sh [ENV_FILE [DEFINITIONS_FILE]]
set -eu
cd "$(dirname "$0")/.."
env_file=${1:-.env}
definitions=${2:-deploy/rabbitmq/definitions.json}

random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }

if [ ! -e "$env_file" ]; then
    (
        umask 077
        while IFS= read -r line; do
            case $line in
            [A-Z]*[=:]) echo "$line$(random)" ;;
            *) echo "$line" ;;
            esac
        done <.env.example >"$env_file"
    )
    echo "$env_file written; the first account is the line GATEWAY_BOOTSTRAP_ADMIN in it." >&2
fi
python3 deploy/rabbitmq/definitions.py <"$env_file" >"$definitions"
