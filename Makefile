# Each target is one line that calls a real tool. The longer ones are scripts in .ci/.
.DEFAULT_GOAL := help
.PHONY: help install run test check bench shots pictures prove translations lock clean

VENV := .venv/bin

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: ## make .venv from the locked requirements, compile translations
	@.ci/install run

run: ## serve the demo network at port 8000 (PORT=8001 for another)
	@.ci/serve

test: ## install the tools of the tests, then every check and every test
	@.ci/test

check: ## lint, types, templates
	@.ci/install dev && .ci/check

bench: ## measure uploads and lists against their limits
	@.ci/install dev && $(VENV)/python -m bench

shots: ## photograph the pages: three languages, light and dark, desk and phone
	@.ci/install dev && .ci/browser && $(VENV)/python -m bench.shots

pictures: ## take the pictures of the guides anew
	@.ci/install dev && .ci/browser && $(VENV)/python -m bench.pictures

prove: ## the long forms of the proofs
	@.ci/install dev && .ci/browser && .ci/tus-client && .ci/ceph && $(VENV)/python -m pytest -m prove --timeout 3600

translations: ## collect the texts, bring them into the catalogues, compile
	@.ci/install run && .ci/translations

lock: ## write requirements/*.txt from pyproject.toml, keeping pins that still fit
	@.ci/install dev && .ci/lock

clean: ## remove what the tools made; instance/ stays
	rm -rf .venv .hypothesis .mypy_cache .pytest_cache .ruff_cache && find caseflow tests migrations bench -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true
