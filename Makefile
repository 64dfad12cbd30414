# `make demo` shows Marronnier at work, `make test` proves it, `make setup` alone makes the environment in .venv.
# Every path is relative: the folder may stand anywhere, under any name.

PORT ?= 8000
ARGS ?=
POSTS ?=
WORKERS ?= 4
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	command -v $$name >/dev/null 2>&1 && $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
RUN := .venv/bin/python
LOCALE := scripts/marronnier/messages/locale
EXAMPLE := scripts/marronnier/start/example
WORKFLOWS := scripts/marronnier/start/github/both
COMPILE := pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --quiet \
	--no-config --no-header --no-annotate --no-emit-index-url --no-emit-find-links

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help setup setup-tests machine compiled demo test bench proof lint format lock translations example clean
.DELETE_ON_ERROR:

help:
	@echo 'make setup          the environment, in .venv'
	@echo 'make demo           the whole journey on an example, served at http://127.0.0.1:$(PORT)  (PORT=…)'
	@echo '                    a week of pull requests, on a fake GitHub                      (ARGS=--github)'
	@echo 'make test           the whole suite                                            (ARGS=…)'
	@echo 'make lint           ruff and mypy'
	@echo 'make format         what ruff can mend'
	@echo 'make bench          ratios on ten thousand generated posts'
	@echo 'make proof          the suite again, with many more generated cases; then     (POSTS=DIR)'
	@echo '                    a folder of real posts from Galaxy Social, lived through'
	@echo 'make lock           both lock files, from pyproject.toml                       (ARGS=--upgrade)'
	@echo 'make translations   catalogues: extract, update, compile'
	@echo 'make example        what `init` writes: the example and the workflows, from this root'
	@echo 'make clean          remove all that was made'

setup: .venv/setup

# Debian and Ubuntu ship python3 without ensurepip; a pip or a virtualenv beside it can stand in.
.venv/made:
	@if [ -z "$(PYTHON)" ] || ! "$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
		echo 'Marronnier needs Python 3.11 or newer: install python3, or name one with `make setup PYTHON=…`.' >&2; exit 3; \
	fi
	@rm -rf .venv
	@if ! "$(PYTHON)" -m venv .venv >/dev/null 2>&1; then \
		rm -rf .venv; \
		"$(PYTHON)" -m virtualenv --quiet .venv >/dev/null 2>&1 \
		|| { rm -rf .venv; "$(PYTHON)" -m venv --without-pip .venv >/dev/null 2>&1 \
			&& "$(PYTHON)" -m pip --python $(RUN) install --quiet --require-hashes --requirement requirements.lock >/dev/null 2>&1; } \
		|| { rm -rf .venv; \
			echo 'This Python cannot make an environment: install the package python3-venv (`apt install python3-venv`), then run make again.' >&2; \
			exit 3; }; \
	fi
	@touch $@

.venv/locked: .venv/made requirements.lock
	@echo 'Installing what requirements.lock names (about a minute the first time)…'
	@$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	@touch $@

.venv/setup: .venv/locked pyproject.toml
	@$(RUN) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/setup-tests: .venv/setup requirements-dev.lock
	@echo 'Installing what requirements-dev.lock names…'
	@$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-dev.lock
	@touch $@

setup-tests: .venv/setup-tests

demo: setup
	@$(RUN) -m marronnier demo --port $(PORT) $(ARGS)

# What a test needs and this machine lacks is installed where we may; else it is named, and its tests are skipped.
machine:
	@missing=''; \
	command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 \
		|| missing="$$missing chromium"; \
	command -v ssh-keygen >/dev/null 2>&1 || missing="$$missing openssh-client"; \
	command -v git >/dev/null 2>&1 || missing="$$missing git"; \
	command -v dpkg >/dev/null 2>&1 && ! [ -f /usr/share/keyrings/debian-archive-keyring.gpg ] && missing="$$missing debian-archive-keyring"; \
	if [ -n "$$missing" ]; then \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
			echo "Installing$$missing…"; \
			{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends $$missing; } \
				>/dev/null 2>&1 || echo "Not installed:$$missing. The tests that need them are skipped."; \
		else \
			echo "Not on this machine:$$missing. The tests that need them are skipped."; \
		fi; \
	fi

# Half of the time a test waits: for git, a server, a browser. Four at once keep two cores busy.
# Where Python may write no bytecode, every process of a test would compile the tool anew.
test: setup-tests machine compiled
	@PYTHONDONTWRITEBYTECODE= $(RUN) -m pytest --numprocesses $(WORKERS) $(ARGS)

proof: setup-tests machine compiled
	@PYTHONDONTWRITEBYTECODE= MARRONNIER_PROOF=1 $(RUN) -m pytest --numprocesses $(WORKERS) $(ARGS)
	$(if $(POSTS),@PYTHONPATH=tests:scripts $(RUN) -m proof.real_posts "$(POSTS)")

bench: setup-tests compiled
	@$(RUN) tests/bench $(ARGS)

# What pip installs is compiled.
compiled: setup-tests
	@$(RUN) -m compileall -q scripts/marronnier

lint: setup-tests
	@$(RUN) -m ruff check scripts tests
	@$(RUN) -m ruff format --check scripts tests
	@$(RUN) -m mypy

format: setup-tests
	@$(RUN) -m ruff check --fix scripts tests
	@$(RUN) -m ruff format scripts tests

lock:
	@command -v uv >/dev/null 2>&1 || { echo 'make lock needs uv: python3 -m pip install uv' >&2; exit 3; }
	@uv $(COMPILE) --group build --output-file requirements.lock $(ARGS)
	@uv $(COMPILE) --group build --group dev --constraints requirements.lock --output-file requirements-dev.lock $(ARGS)

translations: setup
	@$(RUN) -m babel.messages.frontend --quiet extract --mapping-file pyproject.toml --keyword N_ --no-location --sort-output \
		--omit-header --output-file $(LOCALE)/marronnier.pot scripts
	@for folder in $(LOCALE)/*/; do \
		test -f $$folder/LC_MESSAGES/marronnier.po || $(RUN) -m babel.messages.frontend --quiet init \
			--domain marronnier --input-file $(LOCALE)/marronnier.pot --output-dir $(LOCALE) --locale $$(basename $$folder); \
	done
	@$(RUN) -m babel.messages.frontend --quiet update --domain marronnier --input-file $(LOCALE)/marronnier.pot \
		--output-dir $(LOCALE) --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
	@$(RUN) -m babel.messages.frontend --quiet compile --domain marronnier --directory $(LOCALE)
	@rm -f $(LOCALE)/marronnier.pot

example:
	@rm -rf $(EXAMPLE) && mkdir -p $(EXAMPLE)
	@cp -R content brand calendar $(EXAMPLE)/
	@rm -rf $(WORKFLOWS) && mkdir -p $(WORKFLOWS)/workflows
	@cp -R .github/actions .github/dependabot.yml $(WORKFLOWS)/
	@for name in check comment report publish site; do cp .github/workflows/$$name.yml $(WORKFLOWS)/workflows/; done

clean:
	@rm -rf .venv build dist site .marronnier .mypy_cache .ruff_cache .pytest_cache .hypothesis scripts/marronnier.egg-info
	@find scripts tests -name __pycache__ -type d -prune -exec rm -rf {} +
