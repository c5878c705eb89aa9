# Needs Python 3.11 or newer with venv, and make; the tests also need g++, which the CUDA compiler
# runs. Everything else is installed into .venv.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --no-input install --quiet
JOBS   ?= 2

.DEFAULT_GOAL := help
.PHONY: help demo test nightly browser lint types contracts format schemas gallery clean

help: ## show this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST)

demo: $(VENV)/.twill ## solve flash attention on an H100 and print the schedule
	$(BIN)/twill solve flash_attention_forward --machine h100

test: export TWILL_TEST_CUDA := required
test: export TWILL_TEST_BROWSER := required
test: $(VENV)/.twill-test browser lint types contracts ## lint, types, import contracts, all tests
	$(BIN)/python -m pytest -n $(JOBS)

SEEDS ?= 0:2000
nightly: $(VENV)/.twill-test ## compare CP-SAT, Z3, the refuter and brute force on random problems (SEEDS=first:last)
	$(BIN)/python -m tests.nightly.agree --seeds $(SEEDS)

# The reports are tested in a real browser; a Debian without one gets it where we may install.
BROWSERS := chromium chromium-browser google-chrome chrome
browser:
	@for name in $(BROWSERS); do command -v $$name >/dev/null && exit 0; done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "installing chromium, in which the reports are tested"; \
	  apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >/dev/null; \
	else \
	  echo "the tests need Chromium on the PATH; install it (apt-get install chromium), or" >&2; \
	  echo "run without them: $(BIN)/python -m pytest" >&2; exit 1; \
	fi

lint: $(VENV)/.twill-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.twill-test
	$(BIN)/mypy

contracts: $(VENV)/.twill-test
	$(BIN)/lint-imports

format: $(VENV)/.twill-test ## format the code and fix what ruff can fix
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

schemas: $(VENV)/.twill ## write docs/schemas from the models that read the files
	for kind in problem schedule program outcome report loop machine expert comparison certificate refutation; do \
	  $(BIN)/twill schema $$kind > docs/schemas/$$kind.schema.json || exit 1; \
	done

gallery: $(VENV)/.twill-test ## write reports/gallery: the reports of all shipped loops
	$(BIN)/python -m benchmarks.gallery --write

clean: ## remove the virtual environment and all caches
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache *.egg-info

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "twill needs Python 3.11 or newer; try: make PYTHON=python3.12 ..." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.twill: pyproject.toml | $(BIN)/python
	@echo "installing twill into $(VENV) (a few minutes the first time)"
	$(PIP) --editable .
	@touch $@

$(VENV)/.twill-test: pyproject.toml | $(BIN)/python
	@echo "installing twill and its test tools into $(VENV) (a few minutes the first time)"
	$(PIP) --editable '.[test,cuda]'
	@touch $@ $(VENV)/.twill
