# make demo    builds, and walks through everything in a throwaway repository
# make test    runs every test
# make bench   measures what docs/performance.md promises, and compares with the last recorded run (RECORD=1 records this one)
# make fuzz    feeds a million mutated files to each reader of foreign text (RUNS=N for another number)
# make growth  measures how the time of each reader of foreign text grows with the size of the text
# make crash   kills the program at every step and starts it again (ROUNDS=N for more random deaths)
# make crash-postgres kills a database server and its clients under load (ROUNDS=N for more than 300 rounds)
# make simulate runs the scheduler in 10,000 random worlds and checks its invariants after each step (WORLDS=N for N of them)
# make attack  tries every forbidden deed on every rung of the fence, and prints which were held (SHORT=1 for fewer rungs)
# make kube    builds the API server of Kubernetes once, and runs attempts as Jobs against it, on a small node (docs/kubernetes.md)
# make up      brings the whole platform up on this machine with podman, for trying it out; 'make down' ends it (docs/kubernetes.md)
# make mutants weakens guarding lines one by one and demands that a named test notices each (MUTANTS=N for N of them)
# make corpus  runs 298 tasks from real-world shapes with the built program, and compares every byte
# make secrets holds the detection of secrets against the package detect-secrets (docs/security.md)
# make dist    makes a tarball, a Debian package and a script that installs, with checksums and what is inside; MINISIGN_KEY=PATH signs them
# make reproduce builds the release twice in different places, and compares every byte
# make newcomer does what a newcomer does in an empty Debian root: installs the package, or follows the README (KIND=sources)
# make site    makes a static site of docs/ with a search, in .build/site
# make reference builds the documentation comments with docc, in .build/reference
# make coverage says how many lines the tests reach, in .build/coverage (FLAGS='--filter JournalTests')
# make sanitize runs tests under the address and the thread sanitizer (LONG=1 for all of them)
# make slow    lists the slowest tests of the last make test
# make fast    runs the tests of what was changed since main
# make help    prints these lines
# make lint    checks the layout of the sources
# make install puts one binary into PREFIX/bin

PREFIX ?= /usr/local
SWIFT_TEST_FLAGS ?=

.PHONY: demo test bench fuzz growth crash crash-postgres attack simulate mutants secrets corpus dist reproduce newcomer site reference coverage sanitize slow fast help lint build install clean kube up down

demo:
	@scripts/setup
	@scripts/demo

test:
	@scripts/setup test
	swift build --build-tests
	@$(if $(SWIFT_TEST_FLAGS),swift test --skip-build $(SWIFT_TEST_FLAGS),scripts/test)

bench:
	@scripts/setup bench
	@mkdir -p .build
	@status=0; scripts/bench >.build/bench.md || status=1; cat .build/bench.md; \
	scripts/bench-history compare || status=1; $(if $(RECORD),scripts/bench-history record;) exit $$status

fuzz:
	@scripts/setup test
	@scripts/fuzz $(RUNS)

growth:
	@scripts/setup bench
	@$$(scripts/build-release Measuring) readers $(or $(SIZES),10000,100000,1000000,10000000) $(READERS)

crash:
	@scripts/setup test
	@scripts/crash

crash-postgres:
	@scripts/setup test
	@scripts/crash-postgres

simulate:
	@scripts/setup test
	@scripts/simulate

attack:
	@scripts/setup test
	@$(if $(SHORT),,scripts/setup attack)
	@scripts/attack $(if $(SHORT),--short)

kube:
	@scripts/setup test
	@scripts/kube

up:
	@scripts/up

down:
	@scripts/up down

mutants:
	@scripts/setup test
	@MUTANTS=$(MUTANTS) scripts/mutants $(WORDS)

secrets:
	@scripts/setup test
	@scripts/compare-secrets

corpus:
	@scripts/setup test
	@scripts/build-release >/dev/null
	@scripts/corpus

dist:
	@scripts/setup
	@scripts/dist

reproduce:
	@scripts/setup
	@scripts/reproduce $(if $(IMAGE),--image)

newcomer:
	@scripts/newcomer $(or $(KIND),deb)

site:
	@scripts/setup test
	@scripts/site

reference:
	@scripts/reference

coverage:
	@scripts/setup test
	@scripts/coverage $(FLAGS)

sanitize:
	@scripts/setup test
	@scripts/sanitize $(if $(LONG),--long)

slow:
	@scripts/slow-tests

fast:
	@scripts/setup test
	@scripts/fast

help:
	@sed -n 's/^# //p' $(firstword $(MAKEFILE_LIST))

lint:
	swift format lint --strict --recursive Sources Tests Package.swift
	scripts/check-changelog
	@# A test's time begins when it waits for its turn, so that a short limit fails on slow machines alone.
	@! grep -rnE 'timeLimit\(\.(seconds|minutes\(([1-9]|[1-5][0-9])\))' Tests || \
		{ echo "error: a time limit of a test is at least an hour" >&2; exit 1; }

build:
	@scripts/setup
	@scripts/build-release >/dev/null

install: build
	install -d "$(DESTDIR)$(PREFIX)/bin"
	install -m 755 .build/leviathan "$(DESTDIR)$(PREFIX)/bin/leviathan"
	ln -sf leviathan "$(DESTDIR)$(PREFIX)/bin/leviathanctl"

clean:
	rm -rf .build
