# make demo     build, compile the quickstart spec, show the request and its tokens
# make test     everything that CI checks
# make bench    CPU time and memory of a cold run, the tokenizer beside others
# make fuzz     FUZZ_SECONDS=60 FUZZ_TARGETS="gguf json": readers, tables and templates against random bytes
# make engines  predictions beside what llama.cpp and vLLM report, times to the first token
# make install  PREFIX=/usr/local: the command and its data files

PREFIX ?= /usr/local
DESTDIR ?=
BUILD = swift build $(shell Scripts/release-flags) --explicit-target-dependency-import-check error
CPC = .build/release/cpc
TARGET = $(DESTDIR)$(PREFIX)
DATA = $(TARGET)/share/cpc

.PHONY: demo test bench fuzz engines install build setup format clean

demo: build
	@Scripts/demo $(CPC)

test: build
	@Scripts/check

bench: build
	@Scripts/bench $(CPC)

fuzz: build
	@Scripts/fuzz

engines: build
	@Scripts/engines

build: setup
	$(BUILD) --product cpc
	@$(CPC) vocabulary unpack tokenizers

# Builds only what is not there, so that `sudo make install` behind `make build` needs no toolchain.
install: $(CPC)
	install -d "$(TARGET)/bin" "$(DATA)/templates" "$(DATA)/tokenizers" "$(DATA)/prices"
	install -s -m 755 $(CPC) "$(TARGET)/bin/cpc"
	install -m 644 templates/*.json templates/*.jinja "$(DATA)/templates"
	install -m 644 prices/*.json "$(DATA)/prices"
	install -m 644 tokenizers/*.json tokenizers/*.vocab "$(DATA)/tokenizers"

$(CPC):
	@$(MAKE) build

setup:
	@Scripts/setup

format:
	swift format --in-place --recursive Sources Tests Examples Benchmarks Fuzz Package.swift

clean:
	rm -rf .build .build-integrations Examples/*/.build Benchmarks/.build Benchmarks/.peers Fuzz/.build out tokenizers/*.vocab
