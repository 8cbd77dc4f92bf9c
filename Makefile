# Two commands do everything on a bare machine with python3, make and a network:
#   make demo   rehearse the shipped trial, protocol to report
#   make test   every test there is
# Python packages come from uv.lock into .venv; Debian packages by apt when root.

PYTHON ?= python3
BIN := .venv/bin
UV := $(BIN)/uv
RUN := $(BIN)/
STUDY ?= studies/icc_golp
SEED ?= 1

.PHONY: help setup demo test check bench docs clean

help:            ## say what each target does
	@grep -E '^[a-z]+: .*##|^[a-z]+:  +##' $(MAKEFILE_LIST) | sed -E 's/:.*## /  /'

setup: .venv/.ready   ## install what a machine needs (into .venv; chromium by apt when root)

.venv/.ready: pyproject.toml uv.lock scripts/setup.sh
	PYTHON="$(PYTHON)" sh scripts/setup.sh
	@touch $@

demo: setup      ## rehearse STUDY (default studies/icc_golp) and write its report
	$(RUN)equipoise rehearse $(STUDY) --seed $(SEED)

test: setup      ## lint, types, import contracts, then every test
	$(RUN)ruff check .
	$(RUN)ruff format --check .
	$(RUN)mypy
	$(RUN)lint-imports
	$(RUN)pytest -n 2

check: setup     ## the fast part of test: lint, types, import contracts
	$(RUN)ruff check .
	$(RUN)ruff format --check .
	$(RUN)mypy
	$(RUN)lint-imports

bench: setup     ## time what has a speed target; results in bench/results
	$(RUN)python bench/run.py

docs: setup      ## write the generated pages of docs/ again
	$(RUN)python scripts/write_docs.py

clean:           ## remove what make made
	rm -rf .venv out .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
