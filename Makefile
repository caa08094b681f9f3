# Access Portal. `make` alone lists what there is.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
PORT ?= 8000
DATA_DIR ?= $(CURDIR)/.data
ARGS ?=

export DATA_DIR PORT

.PHONY: help demo run test check faults bench up collect migrate shell lock format clean

help: ## list the targets (default)
	@awk -F ':[^#]*## ' '/^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/.demo ## a simulated company, collected and planned, in your browser (PORT=8000)
	@exec $(PY) manage.py demo $(ARGS)

run: $(VENV)/.demo ## the portal with your own AWS credentials, no server needed (PORT=8000)
	@exec $(PY) manage.py run $(ARGS)

test: $(VENV)/.dev check ## all checks and all tests, with real PostgreSQL, Redis and Chromium where installed
	@exec $(PY) -m tests.run $(ARGS)

check: $(VENV)/.dev ## lint, format, types, templates, missing schema migrations
	@$(VENV)/bin/ruff check --quiet .
	@$(VENV)/bin/ruff format --check --quiet . || { echo "Not formatted. Run: make format"; exit 1; }
	@$(VENV)/bin/mypy --explicit-package-bases --no-error-summary . & types=$$!; \
	  scratch=$$(mktemp -d); trap 'rm -rf "$$scratch"' EXIT; \
	  $(VENV)/bin/djlint --lint --quiet templates && env -u DATABASE_URL -u REDIS_URL DATA_DIR="$$scratch" $(PY) manage.py makemigrations --check --dry-run && wait $$types

faults: $(VENV)/.dev ## the long drills: workers killed, servers crashed, many times over (minutes)
	@exec $(PY) -m tests.services -- bash -c 'DATABASE_URL=$$TEST_DATABASE_URL SECRET_KEY=$$(head -c 48 /dev/urandom | base64 -w0) DRAWN_CASES=new $(PY) -m pytest -m "nightly or laws" $(ARGS)'

bench: $(VENV)/.dev ## speed and size figures, over PostgreSQL where installed
	@exec $(PY) -m tests.services -- $(PY) -m benchmarks $(ARGS)

up: .env ## production shape in containers: PostgreSQL, Redis, web, worker, beat
	@exec docker compose up --build $(ARGS)

collect: $(VENV)/.demo ## read AWS once, now (ARGS="--account 123456789012")
	@exec $(PY) manage.py collect $(ARGS)

migrate: $(VENV)/.demo ## bring the database's schema up to date
	@exec $(PY) manage.py migrate $(ARGS)

shell: $(VENV)/.demo ## a Python prompt with the models at hand
	@exec $(PY) manage.py shell $(ARGS)

COMPILE = .venv-tools/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
  --no-header --no-emit-index-url --no-annotate pyproject.toml
lock: .venv-tools/bin/uv ## resolve pyproject.toml into requirements/*.lock again
	@$(COMPILE) --all-extras -o requirements/dev.lock
	@$(COMPILE) -c requirements/dev.lock -o requirements/run.lock
	@$(COMPILE) -c requirements/dev.lock --extra demo -o requirements/demo.lock

format: $(VENV)/.dev ## rewrite the code in the house format
	@$(VENV)/bin/ruff check --fix --quiet .
	@$(VENV)/bin/ruff format --quiet .

clean: ## remove caches and build products (never data or the virtual environment)
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis staticfiles test-artifacts
	@find . -name __pycache__ -type d -not -path './$(VENV)*' -prune -exec rm -rf {} +

# A half-made environment would look like a whole one next time, so a failed one is removed.
$(VENV)/bin/python:
	@command -v $(PYTHON) >/dev/null || { echo "Access Portal needs Python 3.11 or newer; there is no $(PYTHON) here." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit("Access Portal needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Name another with: make PYTHON=python3.11") if sys.version_info < (3, 11) else None'
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	  || { echo "This Python cannot make virtual environments. On Debian or Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Could not make a virtual environment in $(VENV)." >&2; exit 1; }

# A stamp is a copy of the lock it installed: a lock that is only newer, as after a checkout, costs
# nothing. What pip says goes to a log, shown on failure: on some machines it warns about its own set-up.
INSTALL = $(VENV)/bin/pip install -q --disable-pip-version-check --require-hashes --no-deps -r $< \
  >$(VENV)/install.log 2>&1 || { cat $(VENV)/install.log >&2; exit 1; }

$(VENV)/.demo: requirements/demo.lock | $(VENV)/bin/python
	@cmp -s $< $@ || { echo "Installing locked dependencies (once, about a minute)..."; $(INSTALL); }
	@cp $< $@

$(VENV)/.dev: requirements/dev.lock | $(VENV)/bin/python
	@cmp -s $< $@ || { echo "Installing locked dependencies for development (once, about two minutes)..."; $(INSTALL); }
	@cp $< $@ && cp requirements/demo.lock $(VENV)/.demo

.venv-tools/bin/uv:
	@$(PYTHON) -m venv .venv-tools
	@.venv-tools/bin/pip install -q --disable-pip-version-check uv >.venv-tools/install.log 2>&1 \
	  || { cat .venv-tools/install.log >&2; rm -rf .venv-tools; exit 1; }

# Secrets have no default: the first start makes them, readable by you alone.
.env:
	@umask 077; $(PYTHON) -c 'import secrets; [print(f"{name}={secrets.token_urlsafe(48)}") for name in ("SECRET_KEY", "POSTGRES_PASSWORD")]' > $@
	@echo "Made .env with a new SECRET_KEY and POSTGRES_PASSWORD. Keep it; add your settings there."
