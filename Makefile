# The two commands: `make up` (try it) and `make test` (check it).
# The rest follows Pelican's own convention.

PYTHON ?= python3
PORT   ?= 8000
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: help up html devserver publish clean check test test-soak lint lock

help:            ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

up: $(VENV)/.run ## build the site and serve it with its comments at http://localhost:PORT/
	@$(BIN)/tertulia up --port $(PORT)

html: $(VENV)/.run ## build the site into output/
	@$(BIN)/tertulia build

devserver: $(VENV)/.run ## preview the articles while you write, at http://localhost:PORT/
	@$(BIN)/tertulia preview --port $(PORT)

publish: $(VENV)/.run ## build the site for its real address, without drafts
	@$(BIN)/tertulia build --production

clean:           ## remove the built site (never the comments nor var/)
	rm -rf output .output.*

check: $(VENV)/.run ## name every fault in the content, the settings and the comment files
	@$(BIN)/tertulia check

test: $(VENV)/.dev ## run the whole suite (STRICT=1: a skip is a failure)
	@STRICT=$(STRICT) $(BIN)/python -m pytest $(ARGS)

test-soak: $(VENV)/.dev ## the property tests with 10,000 examples each
	@HYPOTHESIS_PROFILE=soak $(BIN)/python -m pytest -m property $(ARGS)

lint: $(VENV)/.dev ## ruff and mypy
	@$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/mypy

lock: $(VENV)/.dev ## renew the pinned versions and hashes
	@printf 'setuptools>=80\n' > $(VENV)/build.in
	$(BIN)/uv pip compile $(LOCK) pyproject.toml $(VENV)/build.in -o requirements.txt
	$(BIN)/uv pip compile $(LOCK) pyproject.toml $(VENV)/build.in --extra dev -c requirements.txt -o requirements-dev.txt

LOCK = --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
       --no-header --no-annotate --no-emit-index-url --no-emit-find-links

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Tertulia needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Name another one: make PYTHON=python3.12 ...")'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.txt pyproject.toml | $(VENV)/bin/python
	@echo "Installing what Tertulia needs (once, about a minute)..."
	@$(PIP) install --require-hashes -r requirements.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.run
	@echo "Installing what the tests need (once)..."
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@
