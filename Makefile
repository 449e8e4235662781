# `make` prints the targets. Two commands set everything up: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
DEV := $(VENV)/.dev
DEMO := $(VENV)/.demo
BENCH := $(VENV)/.bench
# marked posts and collected pages, for `make bench` and `make train`; not part of the repository
export BOOKPLATE_DATA ?= ../shared
# a registry that stumbles is asked again
RETRY = retry() { for n in 1 2 3 4; do "$$@" && return 0; sleep $$((n * 5)); done; return 1; }; retry

.DEFAULT_GOAL := help
.PHONY: help demo test test-real chaos lint format bench train docs lock clean

help: ## Print the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

$(VENV)/bin/uv:
	$(PYTHON) -m venv $(VENV)
	@$(RETRY) $(BIN)/python -m pip install --quiet --disable-pip-version-check uv

$(READY): requirements.lock pyproject.toml | $(VENV)/bin/uv
	@$(RETRY) $(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode --require-hashes -r requirements.lock
	@$(RETRY) $(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps -e .
	@touch $@

$(DEV): requirements-dev.lock $(READY)
	@$(RETRY) $(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode --require-hashes -r requirements-dev.lock
	@touch $@

$(DEMO): requirements-demo.lock $(READY)
	@$(RETRY) $(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode --require-hashes -r requirements-demo.lock
	@touch $@

demo: $(DEMO) ## Install what is needed, republish the example blog, show what went where
	@$(BIN)/python -m examples.demo

test: $(DEV) ## Run the tests (no server, no account, no network beyond this machine)
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m "not real"

test-real: $(DEV) ## Run the tests against real servers (a PDS, Mastodon, WordPress, Chromium), installed by script
	bash tests/real/install.sh
	$(BIN)/python -m pytest -m real tests/real

chaos: $(DEV) ## Kill it at random moments, at length
	CHAOS_ROUNDS=100 $(BIN)/python -m pytest tests/chaos

lint: $(DEV) ## ruff, mypy --strict and the rules of who may import whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(DEV) ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

$(BENCH): requirements-bench.lock $(DEV)
	@$(RETRY) $(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-bench.lock
	@touch $@

bench: $(BENCH) ## Run the benchmarks, each against a named peer
	$(BIN)/python -m benchmarks

train: $(BENCH) ## Learn from marked posts what the cues of a book are worth
	$(BIN)/python -m benchmarks.books.train $(BOOKPLATE_DATA)

docs: $(READY) ## Write the reference pages anew from the code
	$(BIN)/python -m docs.reference

lock: $(VENV)/bin/uv ## Lock the dependencies anew
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header -o requirements.lock pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --group demo -c requirements.lock -o requirements-demo.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --group bench -c requirements.lock -o requirements-bench.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --group dev -c requirements.lock -o requirements-dev.lock pyproject.toml

clean: ## Remove what make made
	rm -rf $(VENV) .cache .mypy_cache .pytest_cache .ruff_cache .import_linter_cache demo
