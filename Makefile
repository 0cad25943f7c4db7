# Everything there is to do with this tree, and nothing else to remember. `make` lists it.

.DEFAULT_GOAL := help
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
WORKERS ?= 2

# Tests begin some hundreds of processes: what one of them compiled the next need not, whatever the caller's shell says.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help setup browser java postgres demo test check fix bench docs lock clean

help: ## list these targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: .venv/ready browser java postgres ## make the virtual environment from the lock; the command is then .venv/bin/longtail

# uv itself is pinned in the lock like everything else, so its first install is checked by hash too.
.venv/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed: make setup PYTHON=/path/to/python3.11" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@test -x $(BIN)/uv || { sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > .venv/uv.txt && $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r .venv/uv.txt; }
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

# Only the tests of the HTML report want a browser, and they skip, saying so, where there is none.
browser:
	@command -v chromium >/dev/null || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null \
		&& { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends chromium; } >/dev/null 2>&1; } \
		|| echo "no chromium: the tests that open the HTML report will be skipped" >&2

# Spark runs on it; only its tests want one, and they skip, saying so, where there is none.
java:
	@command -v java >/dev/null || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null \
		&& { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends openjdk-17-jre-headless; } >/dev/null 2>&1; } \
		|| echo "no java: the tests of Spark will be skipped" >&2

# A ledger may live in it; its tests run on SQLite alone, saying so, where there is none.
postgres:
	@command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null \
		&& { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends postgresql; } >/dev/null 2>&1; } \
		|| echo "no PostgreSQL: the tests of a ledger in it will be skipped" >&2

demo: .venv/ready ## make a small fleet, hunt in it, write the report to longtail-demo/
	@$(BIN)/longtail demo --force

# Types take one core half a minute, so they are checked while the first tests run. As many workers as cores, and one
# thread in each, as the command line itself has it.
test: .venv/ready ## check, and every test
	@$(MAKE) check & checked=$$!; trap 'kill $$checked 2>/dev/null || true' EXIT; \
		POLARS_MAX_THREADS=1 OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n $(WORKERS); wait $$checked

check: .venv/ready ## style, types, layers
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check --quiet || { echo "not formatted: run make fix" >&2; exit 1; }
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo | tail -n 2

fix: .venv/ready ## repair what style tools can
	@$(BIN)/ruff check --fix --quiet
	@$(BIN)/ruff format --quiet

bench: .venv/ready ## measure speed, memory and how well attacks are found
	@$(BIN)/python -m bench.quality
	@$(BIN)/python -m bench.throughput

docs: .venv/ready ## write docs/reference anew from the code
	@$(BIN)/python docs/generate.py

lock: .venv/ready ## resolve the dependencies into requirements.lock; UPGRADE=--upgrade takes newer ones
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --python-version 3.11 \
		--group dev --extra postgres --extra sigma --extra spark $(UPGRADE) pyproject.toml requirements-build.in -o requirements.lock

clean: ## remove what was made, the virtual environment too
	@rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis longtail-demo dist build
	@find src tests bench docs -name __pycache__ -type d -prune -exec rm -rf {} +
