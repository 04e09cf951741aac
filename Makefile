# make demo    builds, and walks through everything in a throwaway repository
# make test    runs every test
# make bench   measures what docs/performance.md promises
# make fuzz    feeds a million mutated files to each reader of foreign text (RUNS=N for another number)
# make growth  measures how the time of each reader of foreign text grows with the size of the text
# make crash   kills the program at every step and starts it again (ROUNDS=N for more random deaths)
# make crash-postgres kills a database server and its clients under load (ROUNDS=N for more than 300 rounds)
# make simulate runs the scheduler in 10,000 random worlds and checks its invariants after each step (WORLDS=N for N of them)
# make attack  tries every forbidden deed on every rung of the fence, and prints which were held (SHORT=1 for fewer rungs)
# make mutants weakens guarding lines one by one and demands that a named test notices each (MUTANTS=N for N of them)
# make secrets holds the detection of secrets against the package detect-secrets (docs/security.md)
# make dist    makes a tarball and a Debian package, with checksums
# make fast    runs the tests of what was changed since main
# make help    prints these lines
# make lint    checks the layout of the sources
# make install puts one binary into PREFIX/bin

PREFIX ?= /usr/local
SWIFT_TEST_FLAGS ?=

.PHONY: demo test bench fuzz growth crash crash-postgres attack simulate mutants secrets dist fast help lint build install clean

demo:
	@scripts/setup
	@scripts/demo

test:
	@scripts/setup test
	swift build --build-tests
	@$(if $(SWIFT_TEST_FLAGS),swift test --skip-build $(SWIFT_TEST_FLAGS),scripts/test)

bench:
	@scripts/setup bench
	@scripts/bench

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
	@scripts/attack $(if $(SHORT),--short)

mutants:
	@scripts/setup test
	@MUTANTS=$(MUTANTS) scripts/mutants $(WORDS)

secrets:
	@scripts/setup test
	@scripts/compare-secrets

dist:
	@scripts/setup
	@scripts/dist

fast:
	@scripts/setup test
	@scripts/fast

help:
	@sed -n 's/^# //p' $(firstword $(MAKEFILE_LIST))

lint:
	swift format lint --strict --recursive Sources Tests Package.swift

build:
	@scripts/setup
	@scripts/build-release >/dev/null

install: build
	install -d "$(DESTDIR)$(PREFIX)/bin"
	install -m 755 .build/leviathan "$(DESTDIR)$(PREFIX)/bin/leviathan"

clean:
	rm -rf .build
