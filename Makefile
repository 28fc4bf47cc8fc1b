# `make demo` and `make test` set up their own environment in .venv and need nothing but Python 3.11+, git and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO ?= demo
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.PHONY: demo test test-slow lint labels campaign bench lock clean

demo: $(VENV)/.installed
	$(BIN)/siqml demo -o $(DEMO)

test: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n 2 -q -m "not slow"

test-slow: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -n 2 -q

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/mypy

labels: $(VENV)/.installed-dev  ## every shipped set once more, in labels/; hours, resumes where it was stopped
	@for set in lih lih_periodic water water_wide dimer_cut dimer_cool dimer_300K; do \
	  $(BIN)/siqml data make $$set -o labels/$$set || exit $$?; done

campaign: $(VENV)/.installed-dev  ## 20,000 random circuits, 3,000 specs, 6,000 forged certificates, 20,400 damaged files; resumes where it was stopped
	$(BIN)/python -m campaign -o docs/results
	$(BIN)/python -m campaign.specs -o docs/results
	$(BIN)/python -m campaign.forgery -o docs/results
	$(BIN)/python -m campaign.fuzz -o docs/results

bench: $(VENV)/.installed-dev  ## all tables of docs/benchmarks; peers are installed in .bench; resumes where it was stopped
	$(BIN)/python -m benchmarks

lock: $(VENV)/.installed-dev
	@{ head -1 constraints.txt; $(BIN)/python -m pip freeze --exclude-editable; } > constraints.new
	@mv constraints.new constraints.txt

clean:
	rm -rf $(VENV) .bench build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed, and $(PYTHON) is older or missing; name one that is there, such as: make PYTHON=/path/to/python3.13" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml constraints.txt
	$(PIP) -e ".[fast]"
	@touch $@

$(VENV)/.installed-dev: $(VENV)/bin/python pyproject.toml constraints.txt
	$(PIP) -e ".[dev,fast,labels,hardware,learning,pennylane,cluster]"
	@touch $@ $(VENV)/.installed
