# Verbs for people and for CI; tests/run, tests/demo and packaging/run do the work.
.PHONY: demo demo-big demo-down bench test parity mutation fuzz lint install uninstall package
.DEFAULT_GOAL := test

demo:        # a running Odoo with the extension, the front and a first answer
	tests/demo up

demo-big:    # the same with a database of a million orders beside; a demo without it is made afresh
	tests/demo big

demo-down:   # stops and removes it
	tests/demo down

bench:       # times of MCP, JSON-2 and plain SQL, on the demo that is up; ROUNDS=300 CLIENTS=16 PARTS=1
	tests/demo bench

test:        # everything, on a stack of its own
	tests/run all

parity:      # N questions to Odoo and to us (5000), made from SEED (19); SWEEP=all: every field of every model, besides; BIG=1 N=500: of groups, of a million orders
	SWEEP="$(SWEEP)" BIG="$(BIG)" PARITY_CASES=$(or $(N),5000) PARITY_SEED=$(or $(SEED),19) tests/run parity

mutation:    # deliberate bugs in the compiler, which its tests must catch
	tests/run mutation

fuzz:        # libFuzzer on the compiler for SECONDS (3600) in all; what is new is kept in target/fuzz/found
	FUZZ_SECONDS=$(or $(SECONDS),3600) tests/run fuzz

lint:        # format and clippy
	tests/run lint

install:     # for the PostgreSQL of PG_CONFIG, the program into PREFIX/bin (/usr/local); DESTDIR
	PG_CONFIG="$(PG_CONFIG)" PREFIX="$(PREFIX)" DESTDIR="$(DESTDIR)" packaging/run install

uninstall:   # takes these files away again
	PG_CONFIG="$(PG_CONFIG)" PREFIX="$(PREFIX)" DESTDIR="$(DESTDIR)" packaging/run uninstall

package:     # a .deb and a .tar.gz in target/package, for the PostgreSQL of PG_CONFIG
	PG_CONFIG="$(PG_CONFIG)" packaging/run package
