# One image for the gateway, the four services and the command `retour`; which of them it is, the command line says.
FROM python:3.11-slim-bookworm AS build
# A mirror, for whoever needs one: both name it, because uv does not read pip's.
ARG PIP_INDEX_URL
ARG UV_DEFAULT_INDEX
WORKDIR /src

# uv is the first thing the lock names; it then holds everything else to the lock's hashes.
COPY requirements.lock ./
RUN --mount=type=cache,target=/root/.cache \
    sed -n '/^uv==/,/[^\\]$/p' requirements.lock >uv.txt \
    && python -m venv /opt/uv \
    && /opt/uv/bin/pip install --quiet --require-hashes --only-binary :all: -r uv.txt \
    && python -m venv --without-pip /opt/retour
ENV PATH=/opt/uv/bin:$PATH VIRTUAL_ENV=/opt/retour UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1

# What we stand on changes less often than what we write: two layers. What the lock does not hold would come in
# without a hash: its name is printed, and the build stops.
COPY pyproject.toml ./
RUN --mount=type=cache,target=/root/.cache \
    uv pip install --quiet --constraints requirements.lock -r pyproject.toml \
    && uv pip freeze --quiet >installed.txt \
    && sed 's/ .*//' requirements.lock >locked.txt \
    && ! grep -vxFf locked.txt installed.txt
COPY README.md LICENSE ./
COPY shared shared
COPY service_notifications service_notifications
COPY service_refunds service_refunds
COPY service_inspection service_inspection
COPY service_requests service_requests
COPY gateway gateway
COPY retour retour
RUN --mount=type=cache,target=/root/.cache \
    uv pip install --quiet --no-deps --build-constraints requirements.lock . \
    && uv pip check --quiet


FROM python:3.11-slim-bookworm
ARG VERSION=0.0.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Retour" \
      org.opencontainers.image.description="A merchant's returns, from the customer's first wish to the last cent and the last word." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"

# The number is fixed so that a volume keeps its owner from one image to the next.
RUN groupadd --gid 10001 retour \
    && useradd --uid 10001 --gid 10001 --home-dir /var/lib/retour --shell /usr/sbin/nologin --no-log-init retour \
    && install -d -o retour -g retour -m 750 /var/lib/retour

COPY --from=build /opt/retour /opt/retour
COPY deploy/healthcheck.py /opt/retour/healthcheck.py
ENV PATH=/opt/retour/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1

USER 10001:10001
WORKDIR /var/lib/retour
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-IS", "/opt/retour/healthcheck.py"]
CMD ["retour", "--help"]
