# Every command of the project; `make help` lists them. All set-up happens by itself, once.
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 2
# The first Python of at least 3.11; PYTHON=… names another.
PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,\
	$(shell $(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(name))))
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --quiet
# Installing begins again when one of these has changed.
SOURCES := pyproject.toml hatch_build.py package-lock.json
RUN := $(VENV)/.run
DEV := $(VENV)/.dev

.PHONY: help run test check format bench lock wheel clean

help: ## list these commands
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | while IFS='	' read name text; do \
		printf '  make %-8s %s\n' "$$name" "$$text"; done

run: $(RUN) ## start Perennial on http://127.0.0.1:8000 (PORT=… and PERENNIAL_… change it)
	@exec $(BIN)/perennial serve

test: $(DEV) ## run every test: units, both databases, a real browser (ARGS=… go to pytest)
	@$(BIN)/python tests/tools.py
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

check: $(DEV) ## formatting, lint, types, import rules, templates
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint templates --lint --quiet

format: $(DEV) ## format the code and mend what can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(DEV) ## measure the cost of a review at growing sizes
	$(BIN)/python -m benchmarks $(ARGS)

wheel: $(RUN) ## build the wheel into dist/
	$(BIN)/python -m pip --disable-pip-version-check wheel --no-deps --wheel-dir dist .

UPGRADE = --upgrade
COMPILE = $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--generate-hashes --no-annotate --custom-compile-command 'make lock'

lock: $(BIN)/python ## pin the newest fitting dependencies, with hashes (UPGRADE= keeps the present ones)
	$(PIP) uv
	$(COMPILE) $(UPGRADE) --output-file requirements.txt
	$(COMPILE) $(UPGRADE) --extra optimizer --group dev --constraint requirements.txt \
		--output-file requirements-dev.txt

clean: ## remove what was set up (your data/ stays)
	rm -rf $(VENV) node_modules dist tests/verifiers/node_modules
	rm -rf tracker/static/vendor tracker/credentials/vendor tracker/credentials/fonts

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Perennial needs Python 3.11 or later (PYTHON=… names it)." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Perennial needs Python 3.11 or later; this is " + sys.version.split()[0])'
	@echo "Setting up in $(VENV) (once, about a minute) …"
	@$(PYTHON) -m venv $(VENV)

$(RUN): requirements.txt $(SOURCES) | $(BIN)/python
	@$(PIP) --require-hashes -r requirements.txt
	@$(PIP) --no-deps --editable .
	@touch $@

$(DEV): requirements-dev.txt $(RUN)
	@$(PIP) --require-hashes -r requirements-dev.txt
	@touch $@
