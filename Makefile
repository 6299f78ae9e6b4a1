# make demo     build, compile the quickstart spec, show the request and its tokens
# make test     everything that CI checks
# make bench    CPU time and memory of a cold run
# make install  PREFIX=/usr/local: the command and its data files

PREFIX ?= /usr/local
DESTDIR ?=
BUILD = swift build --explicit-target-dependency-import-check error
CPC = .build/release/cpc

.PHONY: demo test bench install build setup format clean

demo: build
	@Scripts/demo $(CPC)

test: build
	@Scripts/check

bench: build
	@Scripts/bench $(CPC)

build: setup
	$(BUILD) --configuration release --static-swift-stdlib --product cpc
	@$(CPC) vocabulary unpack tokenizers

install: build
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/cpc/templates
	install -d $(DESTDIR)$(PREFIX)/share/cpc/tokenizers
	install -s -m 755 $(CPC) $(DESTDIR)$(PREFIX)/bin/cpc
	install -m 644 templates/*.json templates/*.jinja $(DESTDIR)$(PREFIX)/share/cpc/templates
	install -m 644 tokenizers/*.json tokenizers/*.vocab $(DESTDIR)$(PREFIX)/share/cpc/tokenizers

setup:
	@Scripts/setup

format:
	swift format --in-place --recursive Sources Tests Examples Benchmarks Package.swift

clean:
	rm -rf .build Examples/*/.build Benchmarks/.build out tokenizers/*.vocab
