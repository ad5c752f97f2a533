#!/bin/sh
# Stands in for the official management image: /etc/rabbitmq/conf.d, RABBITMQ_DEFAULT_USER and
# RABBITMQ_DEFAULT_PASS read by the server itself, as root or as the user "rabbitmq" from the start.
set -eu
if [ "$(id -u)" = 0 ]; then
    chown -R rabbitmq:rabbitmq /var/lib/rabbitmq
    exec setpriv --reuid rabbitmq --regid rabbitmq --init-groups "$0" "$@"
fi
PATH=/usr/lib/rabbitmq/bin:$PATH exec "$@"
