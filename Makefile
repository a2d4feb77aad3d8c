# The course from two commands. `make` alone lists what there is. Works with GNU make 3.81 and a POSIX sh.

SHELL = /bin/sh
BIN = .venv/bin
START := $(shell date +%s)
CODE = autograder curriculum bench tests nbgrader_config.py
# Lessons are laid out by their authors: a cell is read on a page, not in a file.
FORMATTED = $(CODE) --exclude curriculum/lessons
# One thread each: the tests run side by side, and figures are drawn without a screen.
QUIET = OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 MPLBACKEND=Agg
WORKERS = 2
LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	--no-annotate --constraint requirements/same-everywhere.in $(UPGRADE)

# $(call step,name,command): says what runs, and where it stopped.
step = @echo "== $(1)"; $(2) || { echo; echo "make test stopped at: $(1). What is wrong stands above; the command was:"; \
	echo '  $(2)'; exit 1; }

.PHONY: help learn environment labextension test test-environment browser lint format lock
.DEFAULT_GOAL := help

help: ## This list
	@awk -F ':.*## ' '/^[a-z%-]+:.*## /{ printf "  make %-14s %s\n", $$1, $$2 }' Makefile

learn: environment ## Everything a learner needs, then JupyterLab at the plan (LAB=--no-browser opens no page)
	@echo "Ready after $$(( $$(date +%s) - $(START) )) s. JupyterLab opens at the plan; Ctrl-C, twice, stops it."
	@$(BIN)/mind lab $(LAB)

environment: ## What `make learn` prepares, without opening JupyterLab
	@sh requirements/install.sh learn
	@test -f gradebook.db || $(BIN)/python -m curriculum.ready

section-%: environment ## What one section needs beside the core, e.g. make section-2-4
	@test -f requirements/$@.txt || { echo "Section $* needs nothing beside the core, or is not in the plan."; exit 1; }
	@sh requirements/install.sh $@
	@echo "Section $* has what it needs."

test: test-environment browser ## Everything that CI runs
	$(call step,ruff check,$(BIN)/ruff check $(CODE))
	$(call step,ruff format --check,$(BIN)/ruff format --check $(FORMATTED))
	$(call step,mypy,$(BIN)/mypy)
	$(call step,the JupyterLab extension is what its source builds to,sh curriculum/labextension/build.sh --check)
	$(call step,tests,$(QUIET) $(BIN)/python -m pytest tests -m "not exhaustive" -n $(WORKERS) --dist loadgroup)
	$(call step,outputs of the notebooks,$(QUIET) $(BIN)/python -m pytest --nbval --nbval-current-env source -n $(WORKERS) --dist loadscope)
	@s=$$(( $$(date +%s) - $(START) )); echo "make test: lint, types, tests (contract of the course among them) and notebook outputs passed in $$(( s / 60 )) min $$(( s % 60 )) s"

test-environment:
	@sh requirements/install.sh test

browser:
	@$(BIN)/python -c "import sys; from curriculum.doctor import find_browser; sys.exit(not find_browser())" || { \
	echo "The tests drive a real browser, and there is none. Get Chromium:"; \
	echo "  Debian, Ubuntu, WSL:  sudo apt-get install chromium"; \
	echo "  macOS and others:     $(BIN)/playwright install chromium"; exit 1; }

lint: test-environment ## Style and types, in seconds
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(FORMATTED)
	$(BIN)/mypy

format: test-environment ## Lay the code out (lessons are left alone)
	$(BIN)/ruff check --fix $(CODE)
	$(BIN)/ruff format $(FORMATTED)

labextension: environment ## Build the JupyterLab extension, curriculum/labextension
	@sh requirements/install.sh labextension
	@sh curriculum/labextension/build.sh
	@echo "Built. JupyterLab shows it once it is installed: \`sh requirements/install.sh learn\`, then reload the page."

# Each list is held to the one before it, so that all of them fit into one environment.
lock: test-environment ## Pin what pyproject.toml asks for; UPGRADE=--upgrade takes newer versions
	$(LOCK) --group build pyproject.toml -o requirements/learn.txt
	$(LOCK) --group build --group test pyproject.toml -c requirements/learn.txt -o requirements/test.txt
	$(LOCK) --group pyproject.toml:section-1-1 -c requirements/learn.txt -c requirements/test.txt -o requirements/section-1-1.txt
	$(LOCK) --group pyproject.toml:section-2-4 -c requirements/learn.txt -c requirements/test.txt -o requirements/section-2-4.txt
	$(LOCK) --group pyproject.toml:section-4-2 -c requirements/learn.txt -c requirements/test.txt -o requirements/section-4-2.txt
	$(LOCK) --group pyproject.toml:cluster -c requirements/learn.txt -c requirements/test.txt -o requirements/cluster.txt
	$(LOCK) --group pyproject.toml:labextension -c requirements/learn.txt -c requirements/test.txt -o requirements/labextension.txt
	$(LOCK) --group pyproject.toml:bench -c requirements/learn.txt -c requirements/test.txt -o requirements/bench.txt
	printf 'uv\n' | $(LOCK) - -o requirements/bootstrap.txt
