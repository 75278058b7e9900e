# The lab's commands. Settings are variables: make bench SIZE=1M APPROACHES=map,sqlite BLOCKS=3
# `npm run bench -- --help` lists them all.
.DEFAULT_GOAL := help
.PHONY: help bench report test overhead

help:
	@echo "make bench [SIZE=10000] [APPROACHES=map,sqlite] [WORKLOADS=read,create] [GENERATOR=k6] ..."
	@echo "make report [RUN=name]     the report of a run again, from its data"
	@echo "make test                  type check, linter and all tests"
	@echo "make overhead              what the services cost beyond bare controls"

bench: node_modules
	@npm run --silent bench

report: node_modules
	@npm run --silent report

test: node_modules
	@npm test --silent

overhead: node_modules
	@npm run --silent bench:overhead

node_modules: package.json package-lock.json
	npm ci
	@touch node_modules
