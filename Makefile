# Two commands matter: `make run` and `make test`. `make setup` alone prepares .venv.

# Where the environment forbids Python to keep what it compiled, as images often do, each start would compile all anew: some
# two seconds of three.
export PYTHONDONTWRITEBYTECODE :=

run: setup
	@.venv/bin/piste run

setup:
	@python3 bootstrap.py

build: setup
	@.venv/bin/python hatch_build.py

test: setup
	@.venv/bin/python checks.py

bench: setup
	@.venv/bin/piste bench

lint: setup
	@.venv/bin/python checks.py --only style,types,imports

.PHONY: run setup build test bench lint
