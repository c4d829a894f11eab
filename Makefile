# The two commands: `make up` (try it) and `make test` (check it).
# The rest follows Pelican's own convention.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: help up html devserver publish clean check test test-browser test-long test-faults \
        test-mutants test-soak bench-build bench-pages lint lock

help:            ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

up: $(VENV)/.run ## serve the site with its comments (PORT=8001 another port, DEMO=1 to try it)
	@$(BIN)/tertulia $(if $(DEMO),demo,up) $(if $(PORT),--port $(PORT))

html: $(VENV)/.run ## build the site into output/ (PORT=8001 as for up)
	@$(if $(PORT),TERTULIA_PORT=$(PORT)) $(BIN)/tertulia build

devserver: $(VENV)/.run ## preview the articles while you write them
	@$(BIN)/tertulia preview $(if $(PORT),--port $(PORT))

publish: $(VENV)/.run ## build the site for its real address, without drafts
	@$(BIN)/tertulia build --production

clean:           ## remove the built site (never the comments nor var/)
	rm -rf output .output.*

check: $(VENV)/.run ## name every fault in the content, the settings and the comment files
	@$(BIN)/tertulia check

# Two at a time: much of it waits for other programs. JOBS=0 runs one after the other.
JOBS ?= 2

# Ten minutes a test: one that hangs is told by its name, and the rest goes on.
PYTEST = STRICT=$(STRICT) $(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder \
         --timeout 600

test: $(VENV)/.dev ## run the suite (STRICT=1: a skip is a failure)
	@$(PYTEST) -m "not browser and not slow and not faults" $(ARGS)

test-browser: $(VENV)/.dev ## go through every page in Chromium: keyboard, accessibility, each way of use
	@$(PYTEST) -m "browser and not slow and not faults" $(ARGS)

test-long: $(VENV)/.dev ## install the built package, run whole servers and CI's recipes
	@$(PYTEST) -m "slow and not faults" $(ARGS)

test-faults: $(VENV)/.dev ## kill, starve and contradict the running program (about ten minutes)
	@STRICT=$(STRICT) $(BIN)/python -m tests.faults $(ARGS)

test-mutants: $(VENV)/.dev ## break the program on purpose: some test must notice each time
	@STRICT=$(STRICT) $(BIN)/python -m tests.faults.mutants

test-soak: $(VENV)/.dev ## the same for long: 200 kills a mode, half an hour of traffic, 10,000 examples
	@HYPOTHESIS_PROFILE=soak $(BIN)/python -m pytest -m "hypothesis or property" $(ARGS)
	@FAULTS_KILLS=200 FAULTS_ERRORS=40 $(BIN)/python -m tests.faults $(ARGS)
	@$(BIN)/python -m tests.faults.soak --seconds $(or $(SECONDS),1800)

bench-build: $(VENV)/.dev ## how long a build takes, beside stock Pelican's (at most 1.3 times)
	@$(BIN)/python -m tests.benchmarks.build_ratio $(ARGS)

bench-pages: $(VENV)/.dev ## Lighthouse over three pages (each category at least 0.98)
	@npm ci --prefix tests/benchmarks --ignore-scripts --no-audit --no-fund
	@$(BIN)/python -m tests.benchmarks.lighthouse

lint: $(VENV)/.dev ## ruff and mypy
	@$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/mypy

lock: $(VENV)/.dev ## renew the pinned versions and hashes
	@printf 'setuptools>=80\n' > $(VENV)/build.in
	$(BIN)/uv pip compile $(LOCK) pyproject.toml $(VENV)/build.in -o requirements.txt
	$(BIN)/uv pip compile $(LOCK) pyproject.toml $(VENV)/build.in --extra dev -c requirements.txt -o requirements-dev.txt

LOCK = --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
       --no-header --no-annotate --no-emit-index-url --no-emit-find-links

# What a broken-off installation left is thrown away: only a whole one has its mark.
$(VENV)/.run: requirements.txt pyproject.toml
	@if [ -e $@ ]; then rm $@; else $(CHECK_PYTHON) && $(PYTHON) -m venv --clear $(VENV); fi
	@echo "Installing what Tertulia needs (once, about a minute)..."
	@$(PIP) install --require-hashes -r requirements.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.run
	@echo "Installing what the tests need (once)..."
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@

CHECK_PYTHON = \
  { command -v $(PYTHON) >/dev/null || \
    { echo "Tertulia needs Python 3.11 or newer: $(PYTHON) is not here." >&2; exit 1; }; } && \
  { $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
    { echo "Tertulia needs Python 3.11 or newer; $$($(PYTHON) --version) is older." \
           "Name another one: make PYTHON=python3.12 ..." >&2; exit 1; }; } && \
  { $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
    { echo "$(PYTHON) cannot make virtual environments:" \
           "install its venv module (on Debian and Ubuntu: apt install python3-venv)." >&2; exit 1; }; }
