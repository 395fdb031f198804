# Everything sets itself up in .venv; nothing needs to be installed by hand.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help setup drill test lint proto-lint bench lock clean

help: ## say what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 14

setup: ## make .venv, or bring it up to date
	@$(PYTHON) tools/setup.py

drill: setup ## five gateways and the pipeline replay typhoon In-Fa, then report
	@$(BIN)/yrd drill $(ARGS)

test: setup ## all tests
	@$(BIN)/python -m pytest $(ARGS)

lint: setup ## ruff, mypy --strict, import-linter
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

proto-lint: setup ## buf lint of the contract (needs npm)
	@$(BIN)/python -m tools.proto_lint

bench: setup ## throughput and latency of the exchange
	@$(BIN)/python tests/bench/exchange.py $(ARGS)

lock: setup ## resolve requirements.lock anew from pyproject.toml
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate \
		--generate-hashes --group dev pyproject.toml --output-file requirements.lock

clean: ## remove what the build made
	@rm -rf .venv build node_modules && find proto \( -name '*_pb2*' -o -name buf \) -prune -exec rm -rf {} +
