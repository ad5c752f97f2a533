# Every word a person needs. `make run` serves Retour with demo data, `make test` runs every test.

BIN   := .venv/bin
ARGS  ?=
# One more than there are processors: many tests wait for a server or a clock.
WORKERS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)

# Where an environment forbids .pyc files, every start would compile every module of ours anew: a second each time.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test check format lock docs norms bench cores faults mutants paths explore slow-events walks crossings compose-env compose-check compose-test clean runtime dev

help:  ## say what there is
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' Makefile | expand -t 16

run: runtime  ## set up and serve the embedded mode with demo data, at one address that it prints
	@exec $(BIN)/retour up --demo $(ARGS)

test: dev  ## set up and run the whole suite; ARGS="tests/unit -k money" for a part of it
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup $(ARGS)

check: dev  ## format, lint, types, import contracts, dependencies, and the rules of this house
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache --no-logo
	$(BIN)/deptry .
	$(BIN)/python tests/architecture/rules.py
	$(BIN)/python docs/generate.py --check
	$(BIN)/python docs/generate_openapi.py --check

format: dev  ## let ruff lay out the code and mend what it can
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

# --universal: one file for every system; the flags keep any registry's name out of it. UPGRADE=1 takes newer releases.
lock: $(BIN)/uv  ## write requirements.lock anew from pyproject.toml
	$(BIN)/uv pip compile pyproject.toml --quiet --universal --generate-hashes --all-extras --no-header \
	    --no-emit-index-url --no-emit-find-links $(if $(UPGRADE),--upgrade) --output-file requirements.lock
	@! grep -nE '://|^-' requirements.lock || { echo "requirements.lock names a place"; exit 1; }

$(BIN)/uv:  # what is installed need not fit what pyproject.toml wants by now
	@deploy/set_up.sh runtime

docs: dev  ## write the pages that are generated from code
	$(BIN)/python docs/generate.py $(ARGS)
	$(BIN)/python docs/generate_openapi.py $(ARGS)

norms: dev  ## how well reply checks know right from wrong; ARGS=--wrong names the sentences
	$(BIN)/python tests/norms/measure.py $(ARGS)
	$(BIN)/python -m tests.norms.signals

bench: dev  ## whole lifecycles against the distributed mode, one JSON line
	$(BIN)/python benchmarks/lifecycle.py $(ARGS)

cores: dev  ## CPU per call of eligibility, refund and reply check, one JSON line
	$(BIN)/python benchmarks/cores.py $(ARGS)

faults: dev  ## kill every process in turn under load, and count what was lost or done twice
	$(BIN)/python benchmarks/faults.py $(ARGS)

mutants: dev  ## put small faults into the cores, one at a time, and show those that no test notices; ARGS=--outside for the rest
	$(BIN)/python tests/mutants/__main__.py $(ARGS)

paths: dev  ## 10,000 random orders whose pieces come back in several orders and groupings: the sums are the same
	$(BIN)/python benchmarks/paths.py $(ARGS)

explore: dev  ## the tests that make up their inputs, with other inputs each time and many more of them
	RETOUR_TEST_PROFILE=explore $(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup -m hypothesis tests/unit $(ARGS)

slow-events: dev  ## the journeys with events that are late: a test that does not wait for another service fails
	RETOUR_TEST_SLOW_EVENTS=0.7 $(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup tests/integration/journeys $(ARGS)

walks: dev  ## 10,000 random walks of whole returns through the whole product: every one ends, and every promise holds
	$(BIN)/python benchmarks/walks.py $(ARGS)

crossings: dev  ## every pair of a command and a fact that can cross, in both orders, with each service behind
	$(BIN)/python benchmarks/crossings.py $(ARGS)

compose-env:  ## write .env with secrets of this installation's own, for docker-compose.yml
	deploy/make_env.sh

compose-check: dev  ## read docker-compose.yml and the Dockerfile without starting anything
	deploy/compose_check.sh

compose-test: dev  ## really start docker-compose.yml, take one return through it, kill the broker, stop
	deploy/compose_test.sh

clean:  ## forget the virtual environment, caches and local data
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache mutants .mutants build dist .retour .tools
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

runtime:
	@deploy/set_up.sh runtime

dev:
	@deploy/set_up.sh dev
