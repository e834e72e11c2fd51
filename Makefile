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

.PHONY: test suite second test-all check mutants lint style types bench gallery calculus pages docs \
  playground lite site native wheels clean

# Where Python keeps no bytecode, every process of the tests compiles what it imports anew.
unexport PYTHONDONTWRITEBYTECODE

# On the engine in C, where it is, and what computes with Values on the one in Python too: beside each
# other, and beside the check of types, so that no processor is idle while a test waits for a page.
test: style native
	@$(MAKE) --no-print-directory -j3 suite second types

suite:
	$(BIN)/python -m pytest -q -n auto

second:
	$(BIN)/python -m tests.second_engine -q

test-all: lint native
	$(BIN)/python -m pip install -q --group docs --group distributed
	$(BIN)/python -m pytest -q -n auto -m "slow or not slow"
	$(BIN)/python -m tests.second_engine --all -q -n auto

# All promises at length, a line for each figure; see checks/__init__.py. CHECK="accuracy --points 1000"
check: native
	$(BIN)/python -m pip install -q --group check
	$(BIN)/python -m checks $(CHECK)

# A random sample of all mutants of the engine and the transforms, of another seed in each run.
MUTANTS ?= 200
mutants: $(VENV)/installed
	$(BIN)/python -m pip install -q --group mutants
	$(BIN)/python -m checks.mutants $(MUTANTS)

lint: style types

style: $(VENV)/installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/installed
	$(BIN)/mypy

# Beside all peers: tables, the samples in out/bench as JSON, and charts of them. All of it runs, and
# then it fails if a goal was missed or a claim of the documentation no longer holds.
bench: native
	$(BIN)/python -m pip install -q --group bench
	@mkdir -p out/bench && rm -f out/bench/failed
	$(BIN)/python benchmarks/eager.py --json out/bench/eager.json || touch out/bench/failed
	$(BIN)/python benchmarks/show.py --json out/bench/show.json || touch out/bench/failed
	$(BIN)/python benchmarks/steps.py --json out/bench/steps.json || touch out/bench/failed
	$(BIN)/python benchmarks/player.py --json out/bench/player.json || touch out/bench/failed
	$(BIN)/python benchmarks/compiled.py --json out/bench/compiled.json || touch out/bench/failed
	$(BIN)/python benchmarks/programs.py --json out/bench/programs.json || touch out/bench/failed
	$(BIN)/python benchmarks/beside.py --json out/bench/beside.json || touch out/bench/failed
	$(BIN)/python benchmarks/charts.py out/bench || touch out/bench/failed
	$(BIN)/python benchmarks/claims.py out/bench || touch out/bench/failed
	@test ! -e out/bench/failed

# Every kind of picture and page, light and dark, in out/gallery, to be looked at.
gallery: $(VENV)/installed
	$(BIN)/python benchmarks/gallery.py

# The table of the engine in C, written from the calculus.
calculus: $(VENV)/installed
	$(BIN)/python -m autograd.formulas.native_spelling

# What all live pages have in common, in little room. It needs Node.js too.
pages: $(VENV)/installed
	$(BIN)/python -m pip install -q --group pages
	$(BIN)/python .ci/pages.py

# The page on which programs run in the browser, in out/site/playground. It needs Node.js and npm.
playground: $(VENV)/installed
	$(BIN)/python .ci/playground.py

# The notebooks in JupyterLite, in out/site/lite, which run in the browser too. It needs npm.
lite: $(VENV)/installed
	$(BIN)/python -m pip install -q --group lite
	$(BIN)/python .ci/lessons.py

# All of it in out/site, one site: first what the documentation leads to, then that.
site:
	$(MAKE) --no-print-directory playground
	$(MAKE) --no-print-directory lite
	$(MAKE) --no-print-directory docs

# The documentation, in out/site: a wrong link or example stops it. It needs no network to be read, and
# leads to the playground and the lessons to run if they are there.
docs: native
	$(BIN)/python -m pip install -q --group docs
	$(BIN)/python -m sphinx -W --keep-going -q -c docs . out/site
	@echo "Open out/site/index.html, or serve it: $(BIN)/python -m http.server -d out/site"

# The engine in C, in place, with its table: built if it is of other files than these. Where there
# is no compiler or no Python.h, one line says so, and all goes on in Python.
native: $(VENV)/installed
	@$(BIN)/python setup.py -q build_ext --inplace
	@$(BIN)/python -m autograd --version

# The sdist, and a wheel for every Python on the PATH and for PYTHONS="…", each tried in an empty
# environment: what a release is made of.
wheels:
	$(PYTHON) .ci/wheels.py $(PYTHONS)

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
	rm -rf $(VENV) build dist *.egg-info autograd/engine/_native*.so autograd/engine/_native*.pyd out .pytest_cache .mypy_cache .ruff_cache .hypothesis
