# The lab's commands. Settings are variables: make bench SIZE=1M APPROACHES=map,sqlite BLOCKS=3
# `npm run bench -- --help` lists them all.
.DEFAULT_GOAL := help
.PHONY: help bench bench-native report report-native compare plan lesson lesson-native writers writers-native crash memory attack fuzz questions test e2e overhead selftest up down logs clean

help:
	@echo "make bench [SIZE=10000] [APPROACHES=map,sqlite] [WORKLOADS=read,create] [GENERATOR=k6] ..."
	@echo "           measures: in containers where a Docker engine answers, as processes elsewhere"
	@echo "           (MODE=docker or MODE=native decides)"
	@echo "make bench APPROACHES_PATH=./my-store.ts   measures an approach of your own as well: docs/OWN-APPROACH.md"
	@echo "make bench DATA=people.jsonl KEY=id   measures with records of your own: JSON objects, one per line"
	@echo "make report [RUN=name]     the report of a run again, from its data"
	@echo "make compare A=run B=run   one run against another"
	@echo "make plan  which approaches can do what you need, by what was measured here: asks, or USERS=... READS=... WRITES=..."
	@echo "make lesson [SIZES=10k,100k,1M]  the lessons' tables and claims, measured here; MODE=docker: in a container"
	@echo "make writers [FULL=1]      several processes write to one store: what it costs, what is lost or not seen"
	@echo "make attack [FULL=1] [ONLY=overload,slow]  bad input, slow clients, overload, a failing database: who stands it"
	@echo "make questions [SIZE=10000]  asks for more than ids: who answers what, how fast; who sells the last piece twice"
	@echo "make fuzz                  requests made from the services' own description, and requests that are none; long"
	@echo "make crash [FULL=1] [ONLY=kill,power]  kills services, cuts power, fills disks: what survives"
	@echo "make memory [LIMIT=256MiB] [FULL=1]  more data than memory: who starts, who serves, how quickly; needs root"
	@echo "make up [SIZE=10000]       the lab as containers, in the background; also: make logs, down"
	@echo "make clean                 removes the containers, their images and their data"
	@echo "make test                  type check, linter and all tests that need no container"
	@echo "make e2e                   the tests of the lab as containers"
	@echo "make overhead              what the services cost beyond bare controls"
	@echo "make selftest [ONLY=names] checks the measuring itself: about 18 minutes on an idle machine"

# Written when everything is installed and the Node.js that npm brings can be run.
READY = node_modules/.ready
# What an image cannot know: from which sources it was made.
export LAB_COMMIT ?= $(shell git describe --always --exclude '*' --dirty --abbrev=40 2>/dev/null)

bench:
	@MAKE="$(MAKE)" sh scripts/measure.sh bench

bench-native: $(READY)
	@npm run --silent bench

# Where there is no npm, in a container.
report:
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory report-native; \
	else docker compose --progress quiet run --rm --no-deps bench scripts/report.ts; fi

report-native: $(READY)
	@npm run --silent report

compare: $(READY)
	@npm run --silent compare

plan: $(READY)
	@npm run --silent plan

lesson:
	@MAKE="$(MAKE)" sh scripts/as-processes.sh lesson

lesson-native: $(READY)
	@npm run --silent lesson

writers:
	@MAKE="$(MAKE)" sh scripts/measure.sh writers

writers-native: $(READY)
	@npm run --silent writers

# Root may do more of it: cut the power of a file system of its own, fill one.
crash: $(READY)
	@npm run --silent crash

# Root may give processes a limit.
memory: $(READY)
	@npm run --silent memory

attack: $(READY)
	@npm run --silent attack

fuzz: $(READY)
	@npm run --silent fuzz

questions: $(READY)
	@npm run --silent questions

test: $(READY)
	@npm test --silent

# STAND_INS=1: with images that are built here, where no container registry is reachable.
e2e: $(READY)
	@npm run --silent $(if $(STAND_INS),test:e2e:stand-ins,test:e2e)

overhead: $(READY)
	@npm run --silent bench:overhead

selftest: $(READY)
	@npm run --silent selftest

up:
	docker compose up --build --detach
	@docker compose port grafana 3000 2>/dev/null | sed 's|^|dashboards: http://|'
	@echo "make logs follows what happens; make down stops it"

down:
	docker compose --profile '*' down --remove-orphans

logs:
	docker compose logs --follow --tail 100

clean:
	@if [ "$(CONFIRM)" != yes ]; then \
	  printf "This deletes the lab's containers, images and volumes: prepared data, what was written to it, metrics.\n"; \
	  printf "results/ stays. Type yes to go on: "; read answer; [ "$$answer" = yes ]; \
	fi
	docker compose --profile '*' down --volumes --rmi local --remove-orphans

$(READY): package.json package-lock.json
	npm ci --include=dev
	@PATH="$(CURDIR)/node_modules/.bin:$$PATH" node -e 'process.exit(+process.versions.node.split(".")[0] < 24 ? 1 : 0)' || \
	  { echo "error: Node.js 24 or newer is needed; npm installs it, unless its install scripts are switched off" >&2; exit 1; }
	@touch $(READY)
