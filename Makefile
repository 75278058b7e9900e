# The lab's commands. Settings are variables: make bench SIZE=1M APPROACHES=map,sqlite BLOCKS=3
# `npm run bench -- --help` lists them all.
.DEFAULT_GOAL := help
.PHONY: help bench report test overhead

help:
	@echo "make bench [SIZE=10000] [APPROACHES=map,sqlite] [WORKLOADS=read,create] [GENERATOR=k6] ..."
	@echo "make report [RUN=name]     the report of a run again, from its data"
	@echo "make test                  type check, linter and all tests"
	@echo "make overhead              what the services cost beyond bare controls"

# Written when everything is installed and the Node.js that npm brings can be run.
READY = node_modules/.ready

bench: $(READY)
	@npm run --silent bench

report: $(READY)
	@npm run --silent report

test: $(READY)
	@npm test --silent

overhead: $(READY)
	@npm run --silent bench:overhead

$(READY): package.json package-lock.json
	npm ci
	@PATH="$(CURDIR)/node_modules/.bin:$$PATH" node -e 'process.exit(+process.versions.node.split(".")[0] < 24 ? 1 : 0)' || \
	  { echo "error: Node.js 24 or newer is needed; npm installs it, unless its install scripts are switched off" >&2; exit 1; }
	@touch $(READY)
