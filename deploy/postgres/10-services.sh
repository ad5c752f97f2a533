#!/bin/sh
# Runs once, on a fresh volume: a database for each service, and a role that owns this one and may enter no other.
set -eu
for service in requests inspection refunds notifications gateway; do
    prefix=$(echo "$service" | tr '[:lower:]' '[:upper:]')
    SERVICE="retour_$service" SECRET_FROM="${prefix}_DATABASE_PASSWORD" \
        psql -v ON_ERROR_STOP=1 --quiet --no-password --username "$POSTGRES_USER" --dbname postgres <<'SQL'
\getenv service SERVICE
\getenv secret_from SECRET_FROM
\getenv password :secret_from
CREATE ROLE :"service" LOGIN PASSWORD :'password';
CREATE DATABASE :"service" OWNER :"service";
REVOKE ALL ON DATABASE :"service" FROM PUBLIC;
SQL
done
