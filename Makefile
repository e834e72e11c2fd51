PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# A Python that was asked for by name, and is not that of the environment, makes a new one.
VERSION := -c 'import sys; print(sys.version)'
ifneq ($(origin PYTHON),file)
ifneq ($(shell $(PYTHON) $(VERSION)),$(shell $(BIN)/python $(VERSION) 2>/dev/null))
.PHONY: $(VENV)/installed
endif
endif

.PHONY: test test-all lint bench gallery calculus native clean

test: lint
	$(BIN)/python -m pytest -q -n auto

test-all: lint
	$(BIN)/python -m pytest -q -n auto -m "slow or not slow"

lint: $(VENV)/installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: $(VENV)/installed
	$(BIN)/python -m pip install -q --group bench
	$(BIN)/python benchmarks/eager.py
	$(BIN)/python benchmarks/show.py
	$(BIN)/python benchmarks/steps.py
	$(BIN)/python benchmarks/player.py
	$(BIN)/python benchmarks/compiled.py

# Every kind of picture, light and dark, in out/gallery, to be looked at.
gallery: $(VENV)/installed
	$(BIN)/python benchmarks/gallery.py

# The table of the native engine, written from the calculus, and the engine, built in place.
calculus: $(VENV)/installed
	$(BIN)/python -m autograd.formulas.native_spelling

native: calculus
	$(BIN)/python -m pip install -q setuptools
	$(BIN)/python build_native.py

# pip before 25.1 does not know dependency groups, so it is renewed first.
$(VENV)/installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or later is needed; $$($(PYTHON) --version) is what '$(PYTHON)' gives."; \
	    echo "Install it, then: make test PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	  { echo "The venv module is missing. Debian, Ubuntu: apt install python3-venv."; \
	    echo "Fedora: dnf install python3. Or use a Python from python.org."; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install -q --upgrade "pip>=25.1"
	$(BIN)/python -m pip install -q --editable . --group test
	touch $@

clean:
	rm -rf $(VENV) out .pytest_cache .mypy_cache .ruff_cache .hypothesis
