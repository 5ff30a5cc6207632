# Tasks for building, running and testing rnnpipe. `make help` lists them.

SHELL = /bin/sh
SWIFT = swift
PREFIX = /usr/local
DESTDIR =
BUILD = .build/release
# Debug information would be stripped from the commands; without it, the compiler takes up to a tenth less time.
FLAGS = -debug-info-format none
COMMANDS = rnn-download rnn-synth rnn-tokenize rnn-pad rnn-window rnn-split \
  rnn-train rnn-predict rnn-serve rnn-backtest rnn-sweep rnn-plot rnn-runs rnn-inspect rnn-convert

.DEFAULT_GOAL := help
.PHONY: deps links commands build forecast backtest anomalies sentiment tagging generation music captions translation gestures tones \
  compare tutorial test torture fuzz sanitize coverage reproducible spdx bench bench-peers bench-quality install tarball deb clean help

deps: ## Install missing system packages (apt), or list them
	@SWIFT='$(SWIFT)' setup/dependencies

# The commands are one executable with fifteen names.
link-commands = for name in $(COMMANDS); do ln -sfn rnnpipe '$(BUILD)'/$$name; done

links:
	@$(link-commands)

# What the pipelines run: an installed rnnpipe of this version if the tree has no build, else the tree's.
commands:
	@setup/installed || $(MAKE) --no-print-directory build

# The linker would strip debug information; without it, the compiler takes 6 to 10 % less time.
build: deps ## Build the fifteen commands into .build/release
	$(SWIFT) build -c release $(FLAGS) --product rnnpipe
	@$(link-commands)

forecast: commands ## Forecast the noisy sine, or SERIES=file.csv TARGET=column [HORIZON= LENGTH= ...]
	@pipelines/forecast

backtest: commands ## Judge forecasts from many origins: airline passengers, or SERIES=file.csv TARGET=column
	@pipelines/backtest

anomalies: commands ## Find anomalies in a made-up meter, or SERIES=file.csv TARGET=column [LABEL=column]; FIXTURE=1
	@pipelines/anomalies

sentiment: commands ## Classify film reviews: IMDB=archive.tar.gz, FIXTURE=1, or the download
	@pipelines/sentiment

tagging: commands ## Tag the words of sentences: CONLLU=folder of a treebank, FIXTURE=1, or made-up words
	@pipelines/tagging

translation: commands ## Translate dates to ISO 8601, or PAIRS=file.tsv; TASK=addition, FIXTURE=1
	@pipelines/translation

generation: commands ## Learn to continue a text: Tiny Shakespeare, TEXT=book.txt, or FIXTURE=1
	@pipelines/generation

music: commands ## Write tunes in ABC notation, from well-known ones or ABC=collection; FIXTURE=1
	@pipelines/music

captions: commands ## Describe made-up vectors, or PAIRS=file.jsonl of vectors and texts; FIXTURE=1
	@pipelines/captions

gestures: commands ## Classify gestures, or SERIES=file.csv SEQUENCE=id LABEL=kind, or SERIES=X_TRAIN.ts TEST=X_TEST.ts; FIXTURE=1
	@pipelines/gestures

tones: commands ## Transcribe melodies with CTC, or RECORDINGS=list.tsv of WAV files and texts; FIXTURE=1
	@pipelines/tones

compare: commands ## Compare the reference models, and how long cells can remember: IMDB=, FIXTURE=1
	@pipelines/compare

tutorial: commands ## Run the tutorial and update its numbers and pictures: IMDB=, FIXTURE=1
	@pipelines/tutorial

# Commands and tests are built together: after a build of the commands alone, everything would be recompiled.
# The import check makes every target respect the dependencies in Package.swift.
test: deps ## Run all tests
	$(SWIFT) build -c release $(FLAGS) --build-tests --explicit-target-dependency-import-check error
	@$(link-commands)
	$(SWIFT) test -c release --skip-build

# One experiment, or one attempt of it: make torture ONLY='bits 17'. The counts add up in out/torture.
torture: deps $(if $(SHORT),,fuzz) ## Try faults of every kind, resumably (SHORT=1, MORE=, ONLY=experiment [number]); table in docs/reliability.md
	$(SWIFT) build -c release $(FLAGS) --build-tests
	@$(link-commands)
	@status=0; '$(BUILD)'/torture $(if $(SHORT),--short) $(if $(MORE),--more $(MORE)) \
	  $(if $(word 2,$(ONLY)),--only $(word 2,$(ONLY))) $(word 1,$(ONLY)) || status=$$?; \
	  '$(BUILD)'/torture --table; exit $$status

fuzz: deps ## Build the fuzzer of everything that reads data (.build-fuzz), which make torture runs
	RNN_FUZZING=1 $(SWIFT) build -c release --sanitize fuzzer --product fuzz --scratch-path .build-fuzz

sanitize: deps ## Run the tests with AddressSanitizer, ThreadSanitizer and UndefinedBehaviorSanitizer
	@SWIFT='$(SWIFT)' setup/sanitize $(ONLY)

coverage: deps ## Run the tests and list the lines and regions that they cover, by file
	@SWIFT='$(SWIFT)' setup/coverage

reproducible: deps ## Build this commit twice, and compare the executables
	@SWIFT='$(SWIFT)' setup/reproducible

spdx: build ## List what rnnpipe is made of as an SPDX document: out/rnnpipe.spdx.json
	@mkdir -p out && SWIFT='$(SWIFT)' setup/spdx '$(BUILD)'/rnnpipe > out/rnnpipe.spdx.json

bench: build ## Measure speed: one JSON line per model (SHORT=1: quickly)
	@Benchmarks/run

bench-peers: build ## Measure the same models in other frameworks (SHORT=1: quickly)
	@Benchmarks/peers

bench-quality: build ## Compare test results with Keras's: IMDB=archive.tar.gz or the download
	@Benchmarks/quality

install: build ## Install into PREFIX=/usr/local (under DESTDIR, if set)
	@DESTDIR='$(DESTDIR)' setup/install '$(BUILD)' '$(PREFIX)'

tarball: deps ## Pack the commands for machines without Swift (RNN_CPU=x86-64-v3: for these alone), with checksum
	@SWIFT='$(SWIFT)' setup/tarball

deb: deps ## Make a Debian package with builds for x86-64-v2, v3 and v4: out/rnnpipe_VERSION_amd64.deb
	@SWIFT='$(SWIFT)' setup/deb

clean: ## Remove build products and the output of the pipelines
	rm -rf .build .build-* out

help: ## Print this list
	@echo 'make TARGET, where TARGET is one of:'
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r name text; do \
	  printf '  %-14s %s\n' "$$name" "$$text"; done
