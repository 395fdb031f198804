# Everything sets itself up in .venv; nothing needs to be installed by hand.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: $(shell sed -n 's/^\([a-z-]*\):.*/\1/p' $(firstword $(MAKEFILE_LIST)))

help: ## say what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 14

setup: ## make .venv, or bring it up to date
	@$(PYTHON) tools/setup.py

drill: setup ## five gateways and the pipeline replay typhoon In-Fa, then report
	@$(BIN)/yrd drill $(ARGS)

test: setup ## all tests
	@$(BIN)/python -m pytest $(ARGS)

lint: setup ## ruff, mypy --strict, import-linter, rustfmt, clippy
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/python -m tools.native_lint

proto-lint: setup ## buf lint of the contract (needs npm)
	@$(BIN)/python -m tools.proto_lint

contract: setup ## write anew what is made from the protos and committed: Avro, JSON Schema, samples' forms, reference
	@$(BIN)/python -m schemas.avro.generate
	@$(BIN)/python -m schemas.json_schema.generate
	@$(BIN)/python -m schemas.samples
	@$(BIN)/python -m schemas.reference
	@$(BIN)/python -m gateway.agreement_schema

operate-pages: setup ## write anew the page of metrics and the Grafana dashboard
	@$(BIN)/python -m integration.observe.pages

contracts-check: setup ## compare the contract with every release
	@$(BIN)/yrd contracts check

soak: setup ## faults at real gateways, ten minutes or ARGS="--minutes 60 --seed 7"; prints the table
	@$(BIN)/python -m tests.faults.soak $(ARGS)

engine-faults: setup ## faults of Kafka and PostgreSQL, as often as ARGS="--rounds 5" says; --page docs/faults.md writes the table
	@$(BIN)/python -m tests.engines $(ARGS)

shown-picture: setup ## In-Fa hour by hour, an allocation with reasons, isolation areas for chlorine at a border, as a page
	@$(BIN)/python -m tests.shown.picture

shown-laws: setup ## the pipelines' laws and how many generated examples each was tried with, as a page
	@$(BIN)/python -m tests.shown.laws

shown-proof: setup ## evidence, audit and reconciliation before and after one bit was flipped, as a page
	@$(BIN)/python -m tests.shown.proof

shown-page: setup ## pictures of the duty-room page, and what axe-core finds, as a page (after `make test ARGS=tests/web`)
	@$(BIN)/python -m tests.shown.page

shown-trace: setup ## a message of Zhejiang followed over gateways into the joint summary, as a page
	@$(BIN)/python -m tests.shown.trace

bench: setup ## throughput and latency of the exchange
	@$(BIN)/python tests/bench/exchange.py $(ARGS)

bench-peers: setup ## the exchange beside Kafka MirrorMaker 2 and NATS JetStream (needs Java, Maven, Go)
	@$(BIN)/python -m tests.bench.compare $(ARGS)

bench-catch-up: setup ## a peer that catches up with a gap of a million entries
	@$(BIN)/python -m tests.bench.catch_up $(ARGS)

bench-beside: setup ## deliveries to one peer while another catches up with a million entries
	@$(BIN)/python -m tests.bench.beside $(ARGS)

bench-growth: setup ## what a message costs, from ten thousand to ten million entries in the store
	@$(BIN)/python -m tests.bench.growth $(ARGS)

bench-links: setup ## what a link costs by entry and by batch: the figures of `yrd simulate`
	@$(BIN)/python -m tests.bench.links $(ARGS)

scale: setup ## compute the tables and plots of docs/scale.md anew
	@$(BIN)/python -m integration.simulate.document

bench-codec: setup ## throughput of the encodings
	@$(BIN)/python tests/bench/codec.py $(ARGS)

bench-check: setup ## what checking a draft costs, by type and by step
	@$(BIN)/python -m tests.bench.checking $(ARGS)

bench-steps: setup ## what each step of a message costs in a gateway and its peer, in one thread
	@$(BIN)/python -m tests.bench.steps $(ARGS)

bench-pipeline: setup ## messages a second through the Beam graph, beside a loop written by hand
	@$(BIN)/python -m tests.bench.pipeline $(ARGS)

bench-supplies: setup ## supplies, shelters, bases and equipment of 20,000 resources: one pass, and a tick without news
	@$(BIN)/python -m tests.bench.supplies $(ARGS)

bench-history: setup ## memory of the Beam graph over 1,000,000 and 10,000,000 messages of which few are active
	@$(BIN)/python -m tests.bench.history $(ARGS)

bench-fresh: setup ## how soon a message is in the published picture, and memory over many (ARGS="--events 10000000")
	@$(BIN)/python -m tests.bench.fresh $(ARGS)

bench-allocation: setup ## mutual aid: 1,000 needs and 20,000 resources planned at once
	@$(BIN)/python -m tests.bench.allocation $(ARGS)

bench-hazmat: setup ## the hazmat watch over a hundred thousand trips: seconds and memory
	@$(BIN)/python -m tests.bench.hazmat $(ARGS)

bench-bridge: setup ## the Kafka bridge: messages a second and processor time, out and in (needs Java, Maven)
	@$(BIN)/python -m tests.bench.bridge $(ARGS)

bench-flink: setup ## the pipeline's job on Flink: messages a second from the feed into a published picture (needs Java, Maven)
	@$(BIN)/python -m tests.bench.flink $(ARGS)

bench-page: setup ## the duty-room page: 500 pages at once, and one page in Chromium for 10,000 updates
	@$(BIN)/python -m tests.bench.page $(ARGS)

engines: setup ## fetch the engines of the tests (Kafka from Maven, Flink from PyPI, Prism by Go) into build/engines; says what is left out
	@$(BIN)/python -m integration.engines

fuzz: setup ## a million mutated inputs to every decoder that takes bytes from outside
	@$(BIN)/python -m tests.fuzz $(ARGS)

lock: setup ## resolve requirements.lock anew from pyproject.toml
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate \
		--generate-hashes --group dev pyproject.toml --output-file requirements.lock

clean: ## remove what the build made
	@rm -rf .venv build node_modules && find proto \( -name '*_pb2*' -o -name buf \) -prune -exec rm -rf {} +
