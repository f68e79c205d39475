# The README's two commands are `make demo` and `make test`; the rest is for those who change ftops.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
SOURCES := catalog stacks policies/ftops_policies ops sandbox tests

.PHONY: demo test test-clients test-azure check lint types docs bench fuzz lock help clean

demo: $(VENV)/.run ## the whole loop against a local Azure, in about a minute
	@$(BIN)/ftops demo $(DEMO)

test: $(VENV)/.dev ## every test; those that need the Pulumi CLI say that they were skipped
	@$(BIN)/pytest --numprocesses auto $(TESTS)

test-clients: $(VENV)/.dev .ftops/clients/az/.done .ftops/clients/c7n/.done ## az and Cloud Custodian, as processes of their own, against the sandbox
	@$(BIN)/pytest -m clients tests/clients $(TESTS)

test-azure: $(VENV)/.dev ## the client tests on Azure itself, in a subscription of yours; asks for a cap
	@$(BIN)/python -m tests.azure $(TESTS)
	@$(BIN)/python -m tests.sandbox.parity

check: lint types test docs ## what a change must pass

lint: $(VENV)/.dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(VENV)/.dev
	@$(BIN)/mypy $(SOURCES)
	@$(BIN)/mypy __main__.py
	@$(BIN)/mypy policies/__main__.py

docs: $(VENV)/.dev ## writes the generated pages: commands, policies, stack file, parity
	@$(BIN)/python -m ftops.reference
	@$(BIN)/python -m ftops_policies.page
	@$(BIN)/python -m ftops.declared.page
	@$(BIN)/python -m ftops.declared.schema
	@$(BIN)/python -m tests.sandbox.parity

bench: $(VENV)/.dev .ftops/clients/checkov/.done ## speed, each figure with a peer beside it in the same run
	@$(BIN)/pytest -m bench --randomly-dont-reorganize tests/bench

fuzz: $(VENV)/.dev ## minutes of requests drawn anew from Azure's specifications; `make test` has a sample
	@FTOPS_FUZZ_EXAMPLES=100 $(BIN)/pytest --numprocesses auto tests/sandbox/test_schemathesis.py tests/sandbox/test_fuzz.py

lock: $(VENV)/.dev ## locks the dependencies again, by hash and without any index
	@$(PIP) uv
	@$(BIN)/uv pip compile pyproject.toml $(LOCK) --output-file requirements/run.txt
	@$(BIN)/uv pip compile pyproject.toml --group dev $(LOCK) --output-file requirements/dev.txt
	@$(BIN)/uv pip compile requirements/clients-az.in $(LOCK) --output-file requirements/clients-az.txt
	@$(BIN)/uv pip compile requirements/clients-c7n.in $(LOCK) --output-file requirements/clients-c7n.txt
	@$(BIN)/uv pip compile requirements/clients-checkov.in $(LOCK) --output-file requirements/clients-checkov.txt

LOCK := --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate

$(VENV)/.run: requirements/run.txt requirements/build.txt pyproject.toml
	@echo "Setting up $(VENV) (once; about 900 MB, most of it the Azure types of Pulumi) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) --require-hashes -r requirements/build.txt
	@$(PIP) --no-compile --require-hashes -r requirements/run.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements/dev.txt
	@$(PIP) --no-compile --require-hashes -r requirements/dev.txt
	@touch $@

.ftops/clients/%/.done: requirements/clients-%.txt
	@echo "Setting up $(@D) (once; minutes for the Azure CLI) ..."
	@$(PYTHON) -m venv --clear $(@D)
	@$(@D)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $<
	@touch $@

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 15

clean:
	rm -rf $(VENV) .ftops .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage
