# Everything a person or a build server runs. `make run` and `make test` set up all they need.

VENV := .venv
BIN := $(VENV)/bin
# The first Python on the PATH that is new enough and can make a virtual environment.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable
ARGS ?=

.PHONY: run languages test test-oldest test-frameworks bench-frameworks test-dist coverage mutants site dist publish lessons monkey monkey-bytes \
	check format hooks bench pictures clean

run: $(VENV)/app-installed  ## open the app; ARGS="classification --seed 3" passes flags
	@$(BIN)/bptui $(ARGS)

test: export PYTHONDONTWRITEBYTECODE :=  # compiling all tests and sources anew takes each process seconds
test: $(VENV)/dev-installed  ## the whole suite
	$(BIN)/pytest -n 3 --dist worksteal $(ARGS)

lessons: $(VENV)/dev-installed  ## is everything true that the lessons say? On other starts each day; ARGS="ID --seed 20261130" repeats a day's
	$(BIN)/bptui lessons check $(ARGS)

OLDEST := .venv-oldest
test-oldest: $(OLDEST)/installed  ## with the oldest release of each dependency; the pictures need the newest Textual
	$(OLDEST)/bin/pytest -n 4 --dist worksteal --ignore tests/tui/test_snapshots.py $(ARGS)

$(OLDEST)/installed: pyproject.toml
	$(PYTHON) -m venv $(OLDEST)
	$(OLDEST)/bin/python -m pip install --quiet --disable-pip-version-check uv
	$(OLDEST)/bin/uv pip install --quiet --python $(OLDEST) --resolution lowest-direct --editable '.[fast,png,cluster,onnx,web]'
	$(OLDEST)/bin/uv pip install --quiet --python $(OLDEST) 'pytest<9' pytest-asyncio pytest-textual-snapshot==1.1.0 \
		pytest-xdist hypothesis pyte onnxruntime hatchling
	@touch $@

coverage: $(VENV)/dev-installed  ## the suite once more, and which share of the lines of each folder it runs
	$(BIN)/pytest -n 4 --dist worksteal --cov engine --cov tui --cov-context test --cov-report json:.coverage.json $(ARGS)
	$(BIN)/python -m tests.coverage .coverage.json

mutants: $(VENV)/dev-installed .coverage  ## whether the tests notice random changes: ARGS="engine 30 --seed 7"
	$(BIN)/python -m tests.mutants $(ARGS)

.coverage:
	$(MAKE) coverage ARGS=

site: $(VENV)/site-installed  ## the documentation as a site, in site/index.html; a broken link ends it
	$(BIN)/python docs/site/gallery.py
	$(BIN)/sphinx-build --quiet --fail-on-warning --fresh-env -c docs/site . site

$(VENV)/site-installed: $(VENV)/app-installed
	$(INSTALL) '.[site]'
	@touch $@

FRAMEWORKS := .venv-frameworks
test-frameworks: $(FRAMEWORKS)/installed  ## examples, exports and what explains tables, with scikit-learn and PyTorch, in an environment of its own
	$(FRAMEWORKS)/bin/pytest tests/tui/bpsteer/test_examples.py tests/engine/test_exports.py tests/engine/test_scikit.py $(ARGS)

$(FRAMEWORKS)/installed: pyproject.toml
	$(PYTHON) -m venv $(FRAMEWORKS)
	$(FRAMEWORKS)/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,fast]' scikit-learn torch
	@touch $@

languages: $(VENV)/dev-installed  ## the template for translators; names missing, wrong and fuzzy translations
	$(BIN)/python -m tests.languages

dist: $(VENV)/release-installed  ## the sdist and the wheel with its manual pages, checked as PyPI would
	$(BIN)/python -m tests.languages --strict
	rm -rf dist man
	$(BIN)/python docs/manpages.py man
	$(BIN)/python -m build
	$(BIN)/twine check --strict dist/*

test-dist: dist  ## both installed into empty environments of Python 3.11 and 3.13, with and without numba
	$(BIN)/pytest tests/release/installed.py $(ARGS)

publish: test-dist  ## upload both to PyPI
	@test -z "$$(git status --porcelain)" || { echo "not published: commit all changes first" >&2; exit 1; }
	$(BIN)/twine upload dist/*

$(VENV)/release-installed: $(VENV)/dev-installed
	$(INSTALL) '.[release]'
	@touch $@

monkey-bytes: $(VENV)/dev-installed  ## bytes that no terminal should send, on a real one; BPTUI_MONKEY_SEED=7 sends others
	BPTUI_MONKEY_EVENTS=20000 BPTUI_MONKEY_SECONDS=2 $(BIN)/pytest -s tests/tui/pty/test_raw_bytes.py $(ARGS)

monkey: $(VENV)/dev-installed  ## random keys; BPTUI_MONKEY_SEED=7 presses others
	BPTUI_MONKEY_KEYS=20000 $(BIN)/pytest tests/tui/test_monkey.py $(ARGS)

SCHEMA := $(BIN)/check-jsonschema --quiet --builtin-schema vendor
check: $(VENV)/dev-installed  ## format, lint, types, who imports whom, and what others' services read
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.languages --check
	$(SCHEMA).github-workflows .github/workflows/*.yml
	$(SCHEMA).dependabot .github/dependabot.yml
	$(SCHEMA).github-issue-config .github/ISSUE_TEMPLATE/config.yml
	$(SCHEMA).github-issue-forms .github/ISSUE_TEMPLATE/fault.yml .github/ISSUE_TEMPLATE/wish.yml
	$(SCHEMA).citation-file-format CITATION.cff

format: $(VENV)/dev-installed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

hooks: $(VENV)/dev-installed  ## check format and lint before each commit
	$(BIN)/pre-commit install

bench: $(VENV)/dev-installed  ## speed, memory and start-up, side by side; ARGS="steps startup" chooses
	$(BIN)/python -m benchmarks $(ARGS)

bench-frameworks: $(FRAMEWORKS)/installed  ## networks with the inputs of pictures, one thread, beside scikit-learn and PyTorch
	OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 $(FRAMEWORKS)/bin/python -m benchmarks wide

PICTURE := $(BIN)/bptui snapshot --size 80x24
BOX := $(BIN)/bptui snapshot regression --at 200 --size 100x30
pictures: $(VENV)/app-installed  ## the pictures of the README and the docs
	$(BIN)/bptui snapshot classification --dataset spiral --hidden 8,8 --activation tanh --init-scale 0.5 --seed 1 \
		--initializer normal --optimizer sgd --learning-rate 0.1 --batch-size 1 --interval 10 --epochs 400 --at 200 --size 160x48 --output docs/spiral.svg
	$(BIN)/bptui train regression --save $(VENV)/sine.bptui --output $(VENV)/sine.txt
	$(BIN)/bptui share $(VENV)/sine.bptui --frames 15 --size 80x24 --output docs/learning.svg
	$(PICTURE) regression --at 1000 --press v --output docs/sine-parts.svg
	$(BIN)/bptui snapshot regression --at 800 --press n --size 100x30 --output docs/cloud.svg
	$(BOX) --press o,right,right,right,right --output docs/box-forward.svg
	$(BOX) --press o,shift+tab,shift+tab --output docs/box-chain.svg
	$(BIN)/bptui snapshot digits --at 8 --press tab,v,right --size 120x36 --output docs/digits.svg
	$(BIN)/python docs/steered.py 100x30 docs/steering.svg
	$(BIN)/bptui snapshot regression --at 0 --press M,right,down,down,down --size 100x30 --output docs/map.svg

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "bptui needs Python 3.11 or newer with its venv module (on Debian: apt-get install python3-venv)" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# Machine code where there is a numba for this Python; NumPy alone where there is none.
$(VENV)/app-installed: pyproject.toml | $(BIN)/python
	$(INSTALL) '.[fast]' || $(INSTALL) .
	@touch $@

# Collecting the tests compiles all modules; and where there is numba, so are the kernels. Otherwise the
# first tests would wait for it.
$(VENV)/dev-installed: export PYTHONDONTWRITEBYTECODE :=
$(VENV)/dev-installed: pyproject.toml | $(BIN)/python
	$(INSTALL) '.[dev,fast,png,cluster]' || $(INSTALL) '.[dev,cluster]' || $(INSTALL) '.[dev]'
	@$(BIN)/pytest --collect-only >/dev/null || true
	@$(BIN)/python -c "from bpengine.kernels import loading; loading.load_lanes()" 2>/dev/null || true
	@touch $@ $(VENV)/app-installed

clean:
	rm -rf $(VENV) $(FRAMEWORKS) $(OLDEST) site man .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage* dist
