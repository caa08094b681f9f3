# Access Portal. `make` alone lists what there is.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
PORT ?= 8000
DATA_DIR ?= $(CURDIR)/.data

export DATA_DIR PORT

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1|/' | while IFS='|' read -r t d; do printf '  make %-12s %s\n' "$$t" "$$d"; done

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("Access Portal needs Python 3.11 or newer; this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv $(VENV) || { echo "Could not make a virtual environment. On Debian: apt-get install python3-venv"; exit 1; }

$(VENV)/.demo: requirements/demo.lock | $(VENV)/bin/python
	@echo "Installing locked dependencies (once, about a minute)..."
	@$(VENV)/bin/pip install -q --disable-pip-version-check --require-hashes --no-deps -r requirements/demo.lock
	@touch $@

$(VENV)/.dev: requirements/dev.lock | $(VENV)/bin/python
	@echo "Installing locked dependencies for development (once, about two minutes)..."
	@$(VENV)/bin/pip install -q --disable-pip-version-check --require-hashes --no-deps -r requirements/dev.lock
	@touch $@ $(VENV)/.demo
