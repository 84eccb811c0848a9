# The project's commands; `make help` lists them. Everything runs in .venv, made on first use.
#
#   make build                                        the sample company
#   make build RAW_DIR=folder AS_OF=2026-01-31        one's own files, as of a day
#   make check RAW_DIR=folder                         what they are like, before building
#   make build VARS='{reporting_currency: USD}'       other policies, as dbt vars
#   make review BASE=main                             what a change does to the figures
#   make bench CUSTOMERS=1000000                      time and memory at size

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RAW_DIR ?=
AS_OF ?=
VARS ?= {}
TARGET ?= duckdb
OUT ?= my_data
CUSTOMERS ?= 1000000
BASE ?= HEAD~1
export DUCKDB_PATH ?= customer_success.duckdb

.DEFAULT_GOAL := help
.PHONY: help build check template docs site publish review lint test test-ci test-long example sample generate \
	bench bench-engines lock clean engines postgres postgres-stop spark spark-stop

help:  ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

# Lock files are complete, so pip need not resolve again (--no-deps): older ones stumble over extras.
$(VENV)/.build: requirements/build.txt
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or later is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes --no-deps -r $<
	@touch $@

$(VENV)/.outputs: requirements/outputs.txt $(VENV)/.build
	$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes --no-deps -r $<
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.build
	$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes --no-deps -r $<
	@touch $@

$(VENV)/.engines: requirements/engines.txt $(VENV)/.build
	$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes --no-deps -r $<
	@touch $@

# The oldest dbt-core that the project accepts, in an environment of its own.
OLDEST := .venv-dbt-1.11
$(OLDEST)/.all: requirements/dbt-1.11.txt
	$(PYTHON) -m venv $(OLDEST)
	$(OLDEST)/bin/python -m pip install -qq --disable-pip-version-check --require-hashes --no-deps -r $<
	@touch $@

build: $(VENV)/.build  ## Build the warehouse and print the latest month's KPIs
	@$(BIN)/python -m tools.build --raw-dir '$(RAW_DIR)' --as-of '$(AS_OF)' --vars '$(VARS)' --target '$(TARGET)'

check: $(VENV)/.build  ## Say what raw tables are like and what can be computed from them, without building
	@$(BIN)/python -m tools.check --raw-dir '$(RAW_DIR)' --as-of '$(AS_OF)' --vars '$(VARS)' --target '$(TARGET)'

template: $(VENV)/.build  ## Write files to fill with raw tables, and neutral config seeds (OUT=my_data)
	@$(BIN)/python -m tools.template '$(OUT)'

docs: $(VENV)/.outputs  ## Write definitions, lineage and dbt's documentation to build/docs
	@$(BIN)/python -m tools.docs --vars '$(VARS)' --target '$(TARGET)'

site: $(VENV)/.outputs  ## Write the KPI site to build/site
	@$(BIN)/python -m tools.site

publish: $(VENV)/.outputs  ## Hand the marts to readers: build/published, and PostgreSQL if PUBLISH_POSTGRES_URI is set
	@$(BIN)/python -m tools.publish

review: $(VENV)/.outputs  ## Say what changed in the figures since a commit (BASE=HEAD~1)
	@$(BIN)/python -m tools.review '$(BASE)' --raw-dir '$(RAW_DIR)' --as-of '$(AS_OF)' --vars '$(VARS)'

lint: $(VENV)/.dev  ## Check the style of SQL and Python
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy --platform win32 tools
	@$(MAKE) --no-print-directory build/lint/sql

# Only files that changed since all were well; all of them if something changed that they depend on.
SQL := $(shell find models tests analyses -name '*.sql' -not -path '*/staging/base/*')
build/lint/sql: $(SQL) $(wildcard macros/*/*.sql) .sqlfluff dbt_project.yml requirements/dev.txt
	$(BIN)/sqlfluff lint --processes 2 $(if $(filter-out $(SQL),$?),models tests analyses,$?)
	@mkdir -p $(@D)
	@touch $@

PYTEST := $(BIN)/pytest --numprocesses 2 --dist loadscope --no-loadscope-reorder

test: lint  ## Check the project on DuckDB: style, types, unit tests, every mart against plain Python
	$(PYTEST) -m 'not ci and not long'

test-ci: $(VENV)/.engines  ## Check what `make test` leaves out: PostgreSQL, Spark, the browser, further cases
	$(PYTEST) -m 'ci and not long'

test-long: lint $(VENV)/.engines $(OLDEST)/.all  ## Check everything, for hours; a second run resumes where the first stopped
	$(PYTEST) --resume

example: $(VENV)/.build  ## Map the RavenStack example to the raw contract
	$(BIN)/python examples/ravenstack/map.py

sample: $(VENV)/.dev  ## Write the sample company's seeds again
	$(BIN)/python -m tools.sample_company --prefix raw_ --out seeds/sample

generate: sample  ## Write again what follows from the raw contract and the KPI catalogue
	$(BIN)/python -m tools.generate

bench: $(VENV)/.dev  ## Measure the build at size, beside a month spine (CUSTOMERS=1000000)
	$(BIN)/python -m tools.bench --customers $(CUSTOMERS)

bench-engines: $(VENV)/.dev $(VENV)/.engines  ## Measure the build on DuckDB, PostgreSQL and Spark
	$(BIN)/python -m tools.bench.engines

engines: $(VENV)/.engines  ## Install what PostgreSQL and Spark need into .venv

postgres: $(VENV)/.engines  ## Start a private PostgreSQL for trial, on loopback
	@$(BIN)/python -m tools.engines postgres start

postgres-stop:  ## Stop it
	@$(BIN)/python -m tools.engines postgres stop

spark: $(VENV)/.engines  ## Start a Spark Thrift server for trial, on loopback
	@$(BIN)/python -m tools.engines spark start

spark-stop:  ## Stop it
	@$(BIN)/python -m tools.engines spark stop

# One resolution for all: what the tests need bounds the versions of the others.
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --strip-extras \
	--no-emit-index-url --no-emit-find-links --no-header --override requirements/overrides.txt

lock:  ## Write the lock files again from requirements/*.in (needs uv)
	$(LOCK) requirements/dev.in -o requirements/dev.txt
	$(LOCK) requirements/dev.in requirements/engines.in --override requirements/dbt-1.11.in -o requirements/dbt-1.11.txt
	$(LOCK) requirements/build.in -c requirements/dev.txt -o requirements/build.txt
	$(LOCK) requirements/outputs.in -c requirements/dev.txt -o requirements/outputs.txt
	$(LOCK) requirements/engines.in -c requirements/dev.txt -o requirements/engines.txt

clean:  ## Remove what builds leave behind, but not the warehouse
	rm -rf target logs build
