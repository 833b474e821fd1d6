# Verbs for people and for CI; tests/run and tests/demo do the work.
.PHONY: demo demo-down bench test lint
.DEFAULT_GOAL := test

demo:        # a running Odoo with the extension, the front and a first answer
	tests/demo up

demo-down:   # stops and removes it
	tests/demo down

bench:       # first figures, on the demo that is up
	tests/demo bench

test:        # everything, on a stack of its own
	tests/run all

lint:        # format and clippy
	tests/run lint
