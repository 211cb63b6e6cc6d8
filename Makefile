# `make help` lists the targets. Set PYTHON=... to choose the interpreter, PORT=... for `make run`.
PYTHON ?= python3
PORT ?= 8480

VENV := .venv/bin
NPM := $(PYTHON) tools/nodejs.py npm --prefix web
WEBROOT := server/webroot/index.html
# Folders too: a file taken away changes its folder's time.
WEB_SOURCES := $(shell find web/src web/c web/desk web/public 2>/dev/null) \
	$(wildcard web/*.html web/*.json web/*.ts)

# Network namespaces and packet filters are root's: for other people sudo runs what needs them.
ROOTLY := $(shell test "$$(id -u)" = 0 || command -v sudo)

.DEFAULT_GOAL := help
.PHONY: help setup setup-run setup-test setup-bench build run test check e2e crash soak bench clean

help: ## list these targets
	@sed -nE 's/^([a-z0-9]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

setup: ## make .venv, install npm packages and what the tests drive (root or sudo for apt)
	@$(PYTHON) tools/setup.py test

setup-run:
	@$(PYTHON) tools/setup.py run

setup-test: setup

setup-bench:
	@$(PYTHON) tools/setup.py bench

$(WEBROOT): $(WEB_SOURCES)
	@$(NPM) run --silent build

# Set-up comes first and is not a prerequisite of the file: it would make the file always stale.
build: setup-run ## build the web client, if it is stale
	@$(MAKE) --silent $(WEBROOT)

run: build ## serve http://localhost:8480 with a demo practitioner
	@exec $(VENV)/aparte-server demo --port $(PORT)

check: ## format, lint, types, layers and unit tests
	@$(PYTHON) tools/setup.py dev
	@$(PYTHON) tools/check.py --tests

test: setup build ## everything: static checks, then all tests with browsers and networks
	@$(PYTHON) tools/check.py
	@$(VENV)/pytest -m "not root" -n 3 --dist loadgroup
	@$(ROOTLY) $(VENV)/pytest -p no:cacheprovider -m "root and alone"
	@$(ROOTLY) $(VENV)/pytest -p no:cacheprovider -m "root and not alone" -n 2 --dist loadgroup

e2e: setup build ## the browser tests alone, with a screenshot of each step in screenshots/
	@$(ROOTLY) env SCREENSHOTS=1 $(VENV)/pytest -p no:cacheprovider tests/e2e

crash: setup ## end the server at every call that changes the disk, and at every word to PostgreSQL
	@CRASH=all $(VENV)/pytest -p no:cacheprovider tests/crash

soak: setup build ## send and receive 10 GiB through the commands, each killed twice; 2 GiB and a scan in browsers
	@TRANSFER_MIB=10240 $(VENV)/pytest -p no:cacheprovider tests/integration/test_large_files.py
	@$(ROOTLY) env FILES_MIB=2048 $(VENV)/pytest -p no:cacheprovider tests/e2e/test_files.py
	@$(ROOTLY) env IMAGING_SLICES=1200 $(VENV)/pytest -p no:cacheprovider tests/e2e/test_imaging.py

bench: setup-bench build ## compare with the peers: a table, and bench/results.json
	@$(ROOTLY) $(VENV)/python bench/run.py

clean: ## remove all that was made
	rm -rf .venv web/node_modules server/webroot screenshots bench/results.json
