# cardd: two commands do everything on a fresh Debian 12 or Ubuntu machine with cargo.
#   make demo    the main job, told as a story (TOUR=once ends instead of staying)
#   make test    all tests
#   make bench   what cardd costs on this machine, beside a bare PC/SC loop
#   make fuzz    what comes in from outside, with coverage as a guide (FUZZ_SECONDS each)
#   make storm   desks, thieves and faults by seed, SEEDS=FROM-TO or a count
#   make load    many entries, then many readers and desks for ten minutes, and floods
#   make memory-check   each wipe of digits left out in turn: is it noticed? (as root)
#   make crash   killed at every step, ROUNDS=300
# Everything that is started is stopped again; nothing is installed but the packages below.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# pcscd and its virtual reader, an HSM in software, foreign clients that talk to our cards, loop mounts
# for power cuts, a clock that can be set for one process, and letters for the desks' Chinese pages.
PACKAGES := build-essential pkg-config pcscd libpcsclite-dev libpcsclite1 vsmartcard-vpcd opensc \
            pcsc-tools strace python3-pyscard softhsm2 uidmap e2fsprogs util-linux systemd udev libfaketime \
            fonts-noto-cjk

# Commands for the tests in a browser, and Debian's packages of them. A machine may have them from
# elsewhere; then they stay as they are. Where a package is not to be had, those tests say so.
BROWSER_COMMANDS := node:nodejs npm:npm chromium:chromium
# Tools of those tests; versions and hashes are in the lock file.
BROWSER_TOOLS := tests/browser/node_modules/.package-lock.json

TOUR ?= stay
BENCH ?=
SEEDS ?= 5000
PCSCD_SEEDS ?= 10
LOAD ?=
ROUNDS ?= 300
CUTS ?= 60
PROFILE ?= dev

.PHONY: help setup namespaces build demo test check audit load crash bench storm storm-check memory-check fuzz fuzz-corpus fuzz-coverage clean

help:
	@sed -n 's/^# \{0,1\}//p; /^$$/q' Makefile

# Packages are asked for one by one, so that a machine that has them all needs no root and no net. What is to
# be had for the browser stands in apt's lists; a machine made from an image may have none yet, so they come
# first. `madison` names real packages alone: `show` knows Ubuntu's chromium too, behind which is a snap.
setup:
	@missing=""; absent=""; \
	to_be_had() { [ -n "$$(apt-cache madison $$1 2>/dev/null)" ]; }; \
	as_root() { \
	  if [ "$$(id -u)" = 0 ]; then "$$@"; \
	  elif command -v sudo >/dev/null; then sudo "$$@"; \
	  else echo 'Packages are missing, and here is no sudo to install them; root does it once by: make setup'; return 1; fi; \
	}; \
	for package in $(PACKAGES); do \
	  dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$package"; \
	done; \
	for pair in $(BROWSER_COMMANDS); do \
	  command -v $${pair%:*} >/dev/null || absent="$$absent $${pair#*:}"; \
	done; \
	offered() { for package in $$absent; do ! to_be_had $$package || printf ' %s' $$package; done; }; \
	if [ -n "$$missing$$(offered)" ] || { [ -n "$$absent" ] && ! to_be_had make; }; then \
	  as_root apt-get update -qq || [ -z "$$missing$$(offered)" ]; \
	fi; \
	missing="$$missing$$(offered)"; \
	if [ -n "$$missing" ]; then \
	  echo "installing:$$missing"; \
	  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing; \
	fi

# Who runs make with -j would otherwise look for npm before it is installed.
$(BROWSER_TOOLS): tests/browser/package-lock.json | setup
	if command -v npm >/dev/null; then npm ci --prefix tests/browser --no-progress --no-audit --no-fund --loglevel error; fi

# Each run has a pcscd of its own in a mount namespace; who is not root makes one within a user
# namespace, which some distributions forbid (Ubuntu from 23.10 on, by AppArmor).
namespaces: setup
	@[ "$$(id -u)" = 0 ] || unshare --map-root-user --mount true 2>/dev/null || { \
	  echo "This machine forbids user namespaces to you, and pcscd needs one of its own. Either of these helps:"; \
	  echo '  sudo env "PATH=$$PATH" HOME="$$HOME" $(if $(TOUR),TOUR=$(TOUR) )make $(MAKECMDGOALS)'; \
	  echo "  sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0   (until the next start)"; \
	  exit 1; }

build: setup namespaces
	cargo build --workspace --locked --profile $(PROFILE)

demo: build
	cargo run --locked --quiet --profile $(PROFILE) -p cardd-tests --bin tour -- $(TOUR)

test: build $(BROWSER_TOOLS)
	cargo test --workspace --locked --profile $(PROFILE)

# What a reviewer runs before a merge; cargo-deny is installed by `cargo install cargo-deny`.
check:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked --quiet
	cargo deny check licenses bans sources

# Known weaknesses of dependencies; fetches the advisory database.
audit:
	cargo deny check advisories

# Figures of this machine, as a table and in bench-results/bench.json; BENCH=--quick is a short run.
bench: setup
	cargo build --workspace --locked --release
	cargo run --locked --quiet --release -p cardd-tests --bin bench -- $(BENCH)

# Every promise, seed by seed, as fast as the machine goes. A broken seed says how it is replayed.
storm: setup
	cargo build --workspace --locked --quiet --release
	cargo run --locked --quiet --release -p cardd-tests --bin storm -- run --seeds $(SEEDS)
	cargo run --locked --quiet --release -p cardd-tests --bin storm -- through-pcscd --seeds $(PCSCD_SEEDS)

# Whether the storm notices a cardd that is broken on purpose; the table is in docs/storm.md.
storm-check: setup
	cargo run --locked --quiet -p cardd-tests --bin storm -- check --mutants --document docs/storm.md

# Whether the search of memory notices each wipe of digits that is left out; the table is in docs/memory.md.
# WIPES chooses some by the code in their row: WIPES="Pin packed_bcd". The other rows stay.
WIPES ?=
memory-check: setup
	cargo run --locked --quiet -p cardd-tests --bin memory_check -- docs/memory.md $(WIPES)

# Fuzzing with coverage as a guide. FUZZ names targets of tests/fuzz, FUZZ_SECONDS is for each; what is
# found goes to target/fuzz-corpus, a crash to tests/fuzz/artifacts. The tests run a short form of it.
FUZZ ?= $(basename $(notdir $(wildcard tests/fuzz/fuzz_targets/*.rs)))
FUZZ_SECONDS ?= 60

fuzz: setup
	command -v cargo-fuzz >/dev/null || cargo install cargo-fuzz --locked
	cd tests && for target in $(FUZZ); do \
	  mkdir -p ../target/fuzz-corpus/$$target; \
	  cargo fuzz run --fuzz-dir fuzz --sanitizer none $$target ../target/fuzz-corpus/$$target fuzz/corpus/$$target \
	    -- -max_total_time=$(FUZZ_SECONDS) -max_len=16384; \
	done

# The corpus anew from the seeds in tests/src/fuzz/seeds.rs.
fuzz-corpus:
	cargo run --locked --quiet -p cardd-tests --bin fuzz_seeds -- tests/fuzz/corpus

# Which lines the short form reaches, file by file; the table is in docs/fuzz-coverage.md.
LLVM = $(shell rustc --print target-libdir)/../bin
COVERAGE := $(CURDIR)/target/coverage
fuzz-coverage:
	@test -x $(LLVM)/llvm-profdata || { echo "needs LLVM's tools: rustup component add llvm-tools"; exit 1; }
	rm -f $(COVERAGE)/*.profraw
	CARGO_TARGET_DIR=$(COVERAGE) RUSTFLAGS="-C instrument-coverage" LLVM_PROFILE_FILE=$(COVERAGE)/%p.profraw \
	  cargo run --locked --quiet -p cardd-tests --bin fuzz_seeds -- --run tests/fuzz/corpus
	$(LLVM)/llvm-profdata merge -sparse $(COVERAGE)/*.profraw -o $(COVERAGE)/fuzz.profdata
	$(LLVM)/llvm-cov export -summary-only $(COVERAGE)/debug/fuzz_seeds -instr-profile=$(COVERAGE)/fuzz.profdata > $(COVERAGE)/fuzz.json
	cargo run --locked --quiet -p cardd-tests --bin fuzz_seeds -- --table $(COVERAGE)/fuzz.json docs/fuzz-coverage.md

# Ten thousand entries opened and dropped, with what cardd holds before and after; then many readers and
# desks at once for ten minutes, and floods. LOAD=--short is a run of seconds; the tests do less of both.
load: build
	CARDD_LOAD=10000 CARDD_JOSTLED_ROUNDS=250 cargo test --locked --profile $(PROFILE) -p cardd-tests --test load --test jostled
	cargo build --workspace --locked --release
	cargo run --locked --quiet --release -p cardd-tests --bin load -- $(LOAD)

# cardd and the PC/SC service killed at every step of card and ledger, and so many power cuts.
crash: build
	CARDD_CRASH_ROUNDS=$(ROUNDS) CARDD_CAMPAIGN=full CARDD_POWER_CUTS=$(CUTS) \
	  cargo test --locked --profile $(PROFILE) -p cardd-tests \
	  --test killed --test service_goes --test ledger_power_cut -- --nocapture

clean:
	cargo clean
