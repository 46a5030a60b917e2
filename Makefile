# squall: make (builds build/squall), make demo, make test.
# V=1 shows the commands; CFLAGS and LDFLAGS are yours.

VERSION = 0.1.0
PREFIX ?= /usr/local
BUILD ?= build
CC ?= cc
PKG_CONFIG ?= pkg-config
CFLAGS ?= -O2 -g
SANITIZE ?=

LIBRARIES = libmemcached hiredis sqlite3 inih libdeflate
WARNINGS = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wvla -Wformat=2 -Wundef -Wimplicit-fallthrough
ifeq ($(CI),true)
WARNINGS += -Werror
endif
ifeq ($(SANITIZE),)
HARDENING = -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong \
	-fstack-clash-protection -fPIE
HARDENING_LD = -pie -Wl,-z,relro,-z,now
else
HARDENING = -fsanitize=$(SANITIZE) -fno-omit-frame-pointer \
	-fno-sanitize-recover=all
HARDENING_LD = -fsanitize=$(SANITIZE)
endif

# Recursive, so that pkg-config is asked when something is built, after the
# packages have been installed; once each.
# (libmemcached has no flags to compile with; asked for them, it wants OpenSSL's
# package, which not every system brings along with it.)
PKG_CFLAGS = $(eval PKG_CFLAGS := $$(shell $(PKG_CONFIG) --cflags $(filter-out libmemcached,$(LIBRARIES))))$(PKG_CFLAGS)
PKG_LIBS = $(eval PKG_LIBS := $$(shell $(PKG_CONFIG) --libs $(LIBRARIES)))$(PKG_LIBS)
ASSETS_HASH := $(shell cat handlers/page/style.css handlers/page/script.js | cksum | cut -d ' ' -f 1)

ALL_CPPFLAGS = -I. -D_GNU_SOURCE -DSQUALL_VERSION='"$(VERSION)"' \
	-DASSETS_HASH='"$(ASSETS_HASH)"' $(PKG_CFLAGS) $(CPPFLAGS)
ALL_CFLAGS = -std=c17 -pthread $(WARNINGS) $(HARDENING) $(CFLAGS)
# The build ID tells the pages of one program from those of another (build.c).
ALL_LDFLAGS = -pthread -Wl,--build-id=sha1 $(HARDENING_LD) $(LDFLAGS)

SOURCES = $(foreach d,app db handlers,$(wildcard $d/*.c $d/*/*.c))
OBJECTS = $(SOURCES:%.c=$(BUILD)/obj/%.o) $(BUILD)/obj/handlers/page/assets.o
LANDS = $(addprefix $(BUILD)/obj/handlers/map/,land.s land-thin.s)
PARTS = $(filter-out $(BUILD)/obj/app/main.o,$(OBJECTS))
UNIT_TESTS = $(patsubst tests/unit/%.c,$(BUILD)/tests/unit/%,$(wildcard tests/unit/*.c))
FUZZ_TARGETS = $(patsubst tests/fuzz/%.c,$(BUILD)/tests/fuzz/%,$(filter-out %/seeds.c,$(wildcard tests/fuzz/*.c)))
TOOLS = $(patsubst tests/tools/%.c,$(BUILD)/tests/tools/%,$(filter-out %/fault.c,$(wildcard tests/tools/*.c))) \
	$(BUILD)/tests/tools/fault.so
ATLAS = build/atlas.db

ifeq ($(V),1)
Q =
SAY = @:
else
Q = @
SAY = @printf '%-7s %s\n'
endif

DEPS = deps-demo deps-test deps-api deps-browser deps-fuzz deps-lint deps-budget \
	deps-bench deps-picture

.DELETE_ON_ERROR:
.PHONY: all demo test test-slow test-fault check-asan check-tsan check-api \
	test-browser soak fuzz bench bench-growth bench-scale budget picture lint \
	format install \
	deps $(DEPS) clean help

all: $(BUILD)/squall

$(BUILD)/squall: $(OBJECTS)
	$(SAY) link $@
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS) -lm

$(BUILD)/obj/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(SAY) cc $<
	$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/obj/handlers/page/assets.o: handlers/page/assets.S handlers/page/style.css \
	handlers/page/script.js handlers/openapi.json $(LANDS)
	@mkdir -p $(@D)
	$(SAY) as $<
	$(Q)$(CC) -I. -Wa,-I$(BUILD)/obj/handlers/map -c -o $@ $<

# The lands of all maps, and the same for small maps of the world.
$(BUILD)/obj/handlers/map/land.s: THIN = 0
$(BUILD)/obj/handlers/map/land-thin.s: THIN = 1
$(LANDS): db/atlas/outlines-110m.tsv.gz handlers/map/land.awk
	@mkdir -p $(@D)
	$(Q)gzip -dc $< | awk -F '\t' -v thin=$(THIN) -f handlers/map/land.awk > $@

$(BUILD)/tests/unit/%: tests/unit/%.c $(PARTS)
	@mkdir -p $(@D)
	$(SAY) cc $<
	$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -MF $@.d $(ALL_LDFLAGS) \
		-o $@ $< $(PARTS) $(PKG_LIBS) -lcmocka -lm

# Its own allocators stand in the place of libc's.
$(BUILD)/tests/unit/alloc: ALL_LDFLAGS += $(patsubst %,-Wl$(comma)--wrap=%,\
	malloc calloc realloc reallocarray strdup strndup)
comma := ,

# SANITIZE compiles everything with libFuzzer's counters, and this links its
# main in.  See the target fuzz.
$(BUILD)/tests/fuzz/%: tests/fuzz/%.c $(PARTS)
	@mkdir -p $(@D)
	$(SAY) cc $<
	$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -MF $@.d $(ALL_LDFLAGS) \
		-fsanitize=fuzzer -o $@ $< $(PARTS) $(PKG_LIBS) -lm

$(BUILD)/tests/fuzz/seeds: tests/fuzz/seeds.c $(PARTS)
	@mkdir -p $(@D)
	$(SAY) cc $<
	$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -MF $@.d $(ALL_LDFLAGS) \
		-o $@ $< $(PARTS) $(PKG_LIBS) -lm

# Programs that integration tests use: with nothing of squall's in them.  The
# parts of a large one are in a folder of its name.
$(BUILD)/tests/tools/%: tests/tools/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(SAY) cc $<
	$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -MF $@.d $(ALL_LDFLAGS) \
		-o $@ $(filter %.c,$^) -Wl,--as-needed -lsqlite3 -ldeflate
$(BUILD)/tests/tools/fresh-check: $(wildcard tests/tools/fresh-check/*.[ch])
$(BUILD)/tests/tools/fault-sweep: $(wildcard tests/tools/fault-sweep/*.[ch])

# A library to be preloaded, without the hardening of programs: it is called in
# the place of libc.
$(BUILD)/tests/tools/fault.so: tests/tools/fault.c tests/tools/fault.h $(BUILD)/flags
	@mkdir -p $(@D)
	$(SAY) cc $<
	$(Q)$(CC) -I. -D_GNU_SOURCE -std=c17 -pthread $(WARNINGS) -O2 -g -fPIC \
		-shared -o $@ $<

# Changes when the flags do, so that everything is built again then.
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(CC) $(VERSION) $(ASSETS_HASH) $(HARDENING) $(CFLAGS) $(CPPFLAGS)' | \
		cmp -s - $@ || \
		echo '$(CC) $(VERSION) $(ASSETS_HASH) $(HARDENING) $(CFLAGS) $(CPPFLAGS)' > $@
FORCE:

$(ATLAS): db/atlas/load.sh db/atlas/schema.sql $(wildcard db/atlas/*.tsv.gz)
	@mkdir -p $(@D)
	$(Q)db/atlas/load.sh $@

# Installing packages comes before anything is built, whatever make is asked.
deps:
	@deploy/deps.sh build
$(DEPS): deps-%:
	@deploy/deps.sh $*

demo: deps-demo
	@$(MAKE) --no-print-directory all $(ATLAS)
	@deploy/demo.sh

# test-slow: with one processor and two busy loops beside it, ROUNDS times (3).
TEST_PROGRAMS = unit-tests test-tools
test test-slow: deps-test
	@$(MAKE) --no-print-directory all $(ATLAS) $(TEST_PROGRAMS)
	@SQUALL=$(BUILD)/squall UNIT_DIR=$(BUILD)/tests/unit \
		TOOLS_DIR=$(BUILD)/tests/tools \
		tests/$(if $(filter test-slow,$@),slow,run) $(TESTS)

.PHONY: unit-tests test-tools
unit-tests: $(UNIT_TESTS)
test-tools: $(TOOLS)

# Memory: all but what takes long and goes where others go, what only the plain
# program can show (figures, and what happens under another library that is to be
# loaded first), and what is about processes and threads.
PLAIN_TESTS = capacity clock endurance many
LONG_TESTS = fresh-check found odd servers stores-trouble microcache \
	hostile-memcached-values hostile-redis-values
POOL_TESTS = connections crowd fresh limits overload pool reload upgrade
ASAN_TESTS = $(UNIT_TESTS:$(BUILD)/%=build/asan/%) \
	$(filter-out $(patsubst %,tests/integration/%.bats,$(PLAIN_TESTS) \
	$(LONG_TESTS) $(POOL_TESTS)),$(wildcard tests/integration/*.bats))
check-asan: deps-test
	@ASAN_OPTIONS=detect_stack_use_after_return=1:quarantine_size_mb=16 LIMIT_MS=1500 \
		$(MAKE) --no-print-directory test BUILD=build/asan \
		SANITIZE=address,undefined CFLAGS='-O1 -g' TESTS='$(ASAN_TESTS)'

# Threads: what several of them, or several workers, are at together.
TSAN_TESTS = $(patsubst %,tests/integration/%.bats,$(POOL_TESTS) fresh-check \
	status stream)
check-tsan: deps-test
	@FRESH_READS=$${FRESH_READS:-30000} $(MAKE) \
		--no-print-directory test BUILD=build/tsan SANITIZE=thread \
		CFLAGS='-O1 -g' TEST_PROGRAMS=test-tools TESTS='$(TSAN_TESTS)'

# Every allocation and every system call fails once (FAULTS=words of lines in
# tests/fault/requests).
test-fault: deps-test
	@$(MAKE) --no-print-directory all test-tools
	@SQUALL=$(BUILD)/squall TOOLS_DIR=$(BUILD)/tests/tools \
		tests/fault/run $(FAULTS)

# What squall answers, and what it says of that: a linter of npm's reads it.
check-api: deps-api
	@$(MAKE) --no-print-directory all test-tools $(ATLAS)
	@SQUALL=$(BUILD)/squall TOOLS_DIR=$(BUILD)/tests/tools tests/api/run

# The pages in Chromium: what npm brings for it is for this alone.
test-browser: deps-browser
	@$(MAKE) --no-print-directory all test-tools $(ATLAS)
	@SQUALL=$(BUILD)/squall TOOLS_DIR=$(BUILD)/tests/tools tests/browser/run

soak: deps-test
	@$(MAKE) --no-print-directory all test-tools
	@SQUALL=$(BUILD)/squall TOOLS_DIR=$(BUILD)/tests/tools tests/soak

# Needs clang, whose libFuzzer it is (TARGETS=names, FUZZ_S=seconds for each).
fuzz: deps-fuzz
	@$(MAKE) --no-print-directory fuzz-targets BUILD=build/fuzz CC=clang \
		SANITIZE=fuzzer-no-link,address,undefined CFLAGS='-O1 -g'
	@tests/fuzz/run $(TARGETS)

.PHONY: fuzz-targets fuzz-seeds
fuzz-targets: $(FUZZ_TARGETS)
fuzz-seeds: $(BUILD)/tests/fuzz/seeds
	@mkdir -p tests/fuzz/corpus/entry
	@$< tests/fuzz/corpus/entry

# BENCH="hits zipf misses writer floor growth" are its parts; ROUNDS=1 BENCH_S=1 is a
# quick look.
BENCH = hits zipf misses writer floor growth
bench: deps-bench
	@$(MAKE) --no-print-directory all test-tools $(ATLAS)
	@$(if $(filter-out growth,$(BENCH)),SQUALL=$(BUILD)/squall \
		TOOLS_DIR=$(BUILD)/tests/tools tests/bench/run \
		$(filter-out growth,$(BENCH)))
	@$(if $(filter growth,$(BENCH)),TOOLS_DIR=$(BUILD)/tests/tools \
		tests/bench/growth)

# The last part alone (ROWS="10000 100000").
bench-growth: deps-bench
	@$(MAKE) --no-print-directory all test-tools
	@TOOLS_DIR=$(BUILD)/tests/tools tests/bench/growth

# Clients, kept connections, bytes and keys, ever more of them.
bench-scale: deps-bench
	@$(MAKE) --no-print-directory all test-tools $(ATLAS)
	@SQUALL=$(BUILD)/squall TOOLS_DIR=$(BUILD)/tests/tools tests/bench/scale

# The instructions of a hit, which no other load on the machine changes.
budget: deps-budget
	@$(MAKE) --no-print-directory all test-tools $(ATLAS)
	@SQUALL=$(BUILD)/squall TOOLS_DIR=$(BUILD)/tests/tools tests/budget

picture: deps-picture
	@$(MAKE) --no-print-directory all $(ATLAS)
	@tests/picture

lint: deps-lint
	@$(MAKE) --no-print-directory all
	@tests/lint

format: deps-lint
	$(Q)clang-format -i $$(git ls-files -co --exclude-standard '*.[ch]')

install: all
	install -D -m 755 $(BUILD)/squall $(DESTDIR)$(PREFIX)/bin/squall
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/man/man1 deploy/squall.1
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/man/man5 deploy/squall.ini.5
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/man/man7 deploy/squall-api.7
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/doc/squall deploy/squall.ini \
		deploy/squall.service deploy/squall.socket deploy/nginx.conf \
		deploy/nginx-microcache.conf deploy/lighttpd.conf

clean:
	rm -rf build tests/api/node_modules tests/browser/node_modules

help:
	@echo 'make            build build/squall'
	@echo 'make demo       the world atlas on http://localhost:8080/ (PORT=, SERVER=lighttpd|nginx)'
	@echo 'make test       everything, with real servers (TESTS=files)'
	@echo 'make test-slow  the same on one busy processor (TESTS=files, ROUNDS=3)'
	@echo 'make check-asan the same under AddressSanitizer and UBSan'
	@echo 'make check-tsan the servers under ThreadSanitizer'
	@echo 'make test-fault every allocation and system call fails once (FAULTS=words)'
	@echo 'make check-api  the API against its description'
	@echo 'make test-browser the pages in Chromium, and pictures of them'
	@echo 'make soak       freshness and the pool under load, for SOAK_S=1800 seconds each'
	@echo 'make fuzz       the parsers, by libFuzzer (TARGETS=, FUZZ_S=)'
	@echo 'make bench      squall beside its peers (BENCH=, ROUNDS=, BENCH_S=); pages of growing tables'
	@echo 'make bench-scale ever more clients, connections, bytes and pages: no cliff'
	@echo 'make budget     the instructions of a hit are within their budget'
	@echo 'make lint       formatting, static analysis, the layers'
	@echo 'make install    to PREFIX=/usr/local'

-include $(OBJECTS:.o=.d) $(UNIT_TESTS:=.d) $(FUZZ_TARGETS:=.d) $(TOOLS:=.d)
