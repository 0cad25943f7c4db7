.DEFAULT_GOAL := help
SHELL := bash
PY := .venv/bin/python
UV_VERSION := 0.13.9

.PHONY: help setup demo test check fix bench docs lock clean

help: ## list these targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: .venv/ready ## make the virtual environment; the command is then .venv/bin/longtail

.venv/ready: requirements.lock pyproject.toml
	@test -x $(PY) || python3 -m venv .venv
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check "uv==$(UV_VERSION)"
	@.venv/bin/uv pip sync --quiet --python $(PY) --require-hashes requirements.lock
	@.venv/bin/uv pip install --quiet --python $(PY) --no-deps --no-build-isolation --editable .
	@touch $@

lock: ## resolve the dependencies anew into requirements.lock
	@.venv/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --python-version 3.11 \
		--group dev --upgrade pyproject.toml requirements-build.in -o requirements.lock
