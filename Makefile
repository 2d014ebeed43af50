# Transcribe Site. `make help` lists the targets.
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
DATA_DIR ?= $(CURDIR)/var
export HOST PORT DATA_DIR

VENV := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help python install install-dev run test check benchmark format messages lock clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

python: ## Check that there is a Python to install with
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON) here. Install Python 3.11 or newer, or name it: make run PYTHON=/path/to/python3"; exit 1; }

install: python ## Install what running takes: .venv, ffmpeg, the default model
	@$(PYTHON) deploy/install.py

install-dev: python ## Install what tests and checks take, too
	@$(PYTHON) deploy/install.py --dev

run: python ## Install, start everything and say where it serves (PORT=8000 HOST=127.0.0.1 DATA_DIR=var)
	@$(PYTHON) deploy/install.py --no-model
	@exec $(VENV)/python -m transcribe_site.launch

test: install-dev ## Run the whole test suite
	@exec $(VENV)/python -m pytest $(ARGS)

check: export SECRET_KEY = $(shell $(PYTHON) -c "import secrets; print(secrets.token_urlsafe(50))")
check: install-dev ## Run every static gate: lint, format, types, layers, templates, deployment, migrations
	$(VENV)/ruff check .
	$(VENV)/ruff format --check .
	$(VENV)/mypy
	$(VENV)/lint-imports
	$(VENV)/djlint --check --lint templates
	$(VENV)/python manage.py check --deploy --fail-level WARNING
	$(VENV)/python manage.py makemigrations --check --dry-run

benchmark: install-dev ## Measure against faster-whisper on recorded speech (SPEECH_DATA_DIR=folder ARGS="--repeat 3 --hour")
	@exec $(VENV)/python manage.py benchmark $(if $(SPEECH_DATA_DIR),--data "$(SPEECH_DATA_DIR)") --against faster-whisper $(ARGS)

format: install-dev ## Rewrite code and templates in the house's format
	$(VENV)/ruff check --fix --quiet .
	$(VENV)/ruff format --quiet .
	$(VENV)/djlint --quiet --reformat templates

messages: export SECRET_KEY = only-for-collecting-texts
messages: install-dev ## Collect and compile the interface's texts (needs gettext)
	$(VENV)/python manage.py makemessages --locale pt_BR --no-obsolete --add-location never --ignore .venv --ignore var
	$(VENV)/python manage.py compilemessages --locale pt_BR --ignore .venv

lock: install-dev ## Write the locked dependencies anew from pyproject.toml
	deploy/lock.sh

clean: ## Remove the installation, but not the data
	rm -rf .venv static/vendor .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
