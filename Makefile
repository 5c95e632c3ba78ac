# `make` sets up .venv once and runs the default study to its figures; `make test` runs the tests.
PYTHON ?= python3
export PATH := $(CURDIR)/.venv/bin:$(PATH)
INSTALLED := .venv/.installed
SMOKE := --configfile workflow/presets/smoke.yaml
# A lock that a killed run has left behind goes first, and an interrupt ends it in one line.
SNAKEMAKE := python scripts/run_snakemake.py
VERIFIED := results/verify
SITE := docs/_build
PIP_INSTALL := python -m pip install --disable-pip-version-check --quiet
# What the documentation and the question `peers` need besides; a new .venv is without them.
DOCUMENTED := .venv/.documented
PEERS := .venv/.peers
UV_COMPILE := uv pip compile --quiet --upgrade --universal --fork-strategy fewest \
	--python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make lock"

.DELETE_ON_ERROR:
.PHONY: study setup plan extended smoke test test-long docs package bench report verify lint lock clean distclean

study: $(INSTALLED)
	$(SNAKEMAKE)

setup: $(INSTALLED)

# Asked before anything is touched: the path of this folder, the version of Python, its venv. Then the
# old environment goes first: its own python would otherwise be found on the PATH. Bytecode and kernels
# are made at once: the study starts Python some hundred times.
$(INSTALLED): envs/requirements.lock pyproject.toml
	@$(PYTHON) src/winning_tickets/records/checkout.py
	@rm -rf .venv
	@echo "Setting up .venv from envs/requirements.lock, one to two minutes ..."
	@$(PYTHON) -m venv .venv
	@$(PIP_INSTALL) --no-compile --require-hashes --requirement envs/requirements.lock
	@$(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@python -m compileall -q -j 0 .venv/lib src || true
	@python -c 'from winning_tickets.samplers import compile_kernels; compile_kernels()'
	@touch $@

# What the study, or that of CONFIG=preset.yaml, would take from nothing.
plan: $(INSTALLED)
	@python scripts/plan_study.py $(CONFIG)

# Questions beyond the default study; its figures are committed, in figures/extended.
extended: $(INSTALLED) $(PEERS)
	$(SNAKEMAKE) --configfile workflow/presets/extended.yaml

smoke: $(INSTALLED)
	$(SNAKEMAKE) $(SMOKE)

test: $(INSTALLED)
	pytest --numprocesses auto --dist loadfile

test-long: $(INSTALLED) $(DOCUMENTED)
	pytest --numprocesses auto --dist worksteal -m long

docs: $(INSTALLED) $(DOCUMENTED)
	numpydoc lint $$(find src -name '*.py')
	sphinx-build --quiet --fail-on-warning --keep-going --fresh-env \
		--conf-dir docs/site --doctree-dir $(SITE)/doctrees . $(SITE)/html
	@echo "The site is $(SITE)/html/index.html"

# Without a network the study goes on; asked again the next time.
$(PEERS): envs/peers.lock | $(INSTALLED)
	@$(PIP_INSTALL) --no-compile --require-hashes --requirement $< && touch $@ \
		|| echo "Without what envs/peers.lock names the rows of peers that need it say so."

$(DOCUMENTED): envs/docs.lock | $(INSTALLED)
	@$(PIP_INSTALL) --no-compile --require-hashes --requirement $<
	@touch $@

# The library alone, as an archive and a wheel in dist, and that the wheel works without this folder.
package: $(INSTALLED)
	rm -rf dist
	python -m build --no-isolation
	twine check --strict dist/*
	python scripts/check_wheel.py dist

bench: $(INSTALLED)
	python benchmarks/run.py

report: $(INSTALLED)
	$(SNAKEMAKE)
	snakemake --report results/jobs.html
	@echo "results/report.html: verdicts and figures; results/jobs.html: Snakemake's own, of the jobs"

# Recomputes the smoke study from nothing and compares it with the committed tables.
verify: $(INSTALLED)
	rm -rf $(VERIFIED)
	$(SNAKEMAKE) $(SMOKE) --config results=$(VERIFIED) figures_folder=$(VERIFIED)/figures \
		--until tables provenance
	python scripts/verify_smoke.py $(VERIFIED) workflow/reference/smoke

lint: $(INSTALLED)
	ruff check
	ruff format --check
	snakefmt --check Snakefile workflow
	snakemake --lint

lock: $(INSTALLED)
	$(PIP_INSTALL) uv
	$(UV_COMPILE) --extra dev --output-file envs/requirements.lock pyproject.toml
	for extra in docs peers; do \
		$(UV_COMPILE) --constraint envs/requirements.lock --extra $$extra \
			--output-file envs/$$extra.lock pyproject.toml || exit 1; \
	done

clean:
	rm -rf results $(SITE) .snakemake .pytest_cache .ruff_cache .hypothesis
	find src scripts tests benchmarks workflow -name __pycache__ -prune -exec rm -rf {} +

distclean: clean
	rm -rf .venv
