# tests.mk - rules of tests/, included by the Makefile.

# --- generator of synthetic registrations, and the sample made with it -----------------
GENR_OBJ := $(call obj,$(wildcard tests/bench/gen/*.c)) \
            $(B)/core/str.o $(B)/core/err.o $(B)/core/utf8.o
-include $(wildcard $(B)/tests/bench/gen/*.d)
$(B)/chengguo-gen: $(GENR_OBJ)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LINK_$(FLAVOUR)) $(LDFLAGS) -o $@ $(GENR_OBJ) $(shell pkg-config --libs jansson icu-uc libzip libxxhash) -lm

.PHONY: sample
sample: $(B)/chengguo-gen
	$(Q)mkdir -p data/sample && $< --seed 20251231 --count 2000 --clean \
	        --out data/sample/registrations.jsonl --truth data/sample/truth.json
# --- end of generator -------------------------------------------------------------------

# --- programs of the tests --------------------------------------------------------------
# tests/unit/test_X.c and tests/prop/test_X.c are cmocka programs; tests/fuzz/fuzz_X.c are
# LLVMFuzzerTestOneInput targets, linked with replay.c here and with libFuzzer by `fuzz`.
UNIT_SRC := $(sort $(wildcard tests/unit/test_*.c tests/prop/test_*.c))
FUZZ_SRC := $(sort $(wildcard tests/fuzz/fuzz_*.c))
UNIT_BIN := $(patsubst %.c,$(B)/%,$(UNIT_SRC))
FUZZ_BIN := $(patsubst %.c,$(B)/%,$(FUZZ_SRC))
# What chengguo-draw is made of, without its main, for the tests of its parts.
DRAW_PARTS := $(filter-out $(B)/stats/draw/main.o,$(DRAW_OBJ))

$(UNIT_BIN): $(B)/%: $(B)/%.o $(LIB) $(DRAW_PARTS)
	$(call say,LINK,$@)
	$(Q)$(CXX) $(LINK_$(FLAVOUR)) $(LDFLAGS) -o $@ $< \
	    $(if $(findstring test_draw,$@),$(DRAW_PARTS)) $(LIB) \
	    $(if $(findstring test_draw,$@),$(DRAW_LIBS)) $(LIBS) -lcmocka
$(FUZZ_BIN): $(B)/%: $(B)/%.o $(B)/tests/fuzz/replay.o $(LIB)
	$(call say,LINK,$@)
	$(Q)$(CXX) $(LINK_$(FLAVOUR)) $(LDFLAGS) -o $@ $< $(B)/tests/fuzz/replay.o $(LIB) $(LIBS)

build/fuzz-bin/%: $(B)/tests/fuzz/%.o $(LIB)
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D) && clang++ -fsanitize=fuzzer,address,undefined -o $@ $^ $(LIBS)

.PHONY: test-programs test-unit test-e2e fuzz
test-programs: $(UNIT_BIN) $(FUZZ_BIN) $(B)/chengguo $(B)/chengguo-draw $(B)/chengguo-gen \
    $(B)/chengguo-dump
$(B)/chengguo-dump: $(B)/tests/fault/dump.o $(LIB)
	$(call say,LINK,$@)
	$(Q)$(CXX) $(LINK_$(FLAVOUR)) $(LDFLAGS) -o $@ $^ $(LIBS)

# Everything under address and undefined-behaviour sanitizers; the daemon once more under
# the thread sanitizer.
test-only:
	$(Q)$(MAKE) --no-print-directory -j2 FLAVOUR=asan test-programs
	$(Q)$(MAKE) --no-print-directory -j2 FLAVOUR=tsan build/tsan/chengguo
	$(Q)tests/run.sh all
test-unit:
	$(Q)$(MAKE) --no-print-directory -j2 FLAVOUR=asan test-programs
	$(Q)tests/run.sh unit
test-e2e:
	$(Q)$(MAKE) --no-print-directory -j2 FLAVOUR=asan test-programs
	$(Q)tests/run.sh e2e

# make fuzz TARGET=query SECONDS=60: coverage-guided, with clang; crashes land in build/fuzz.
TARGET ?= registration
SECONDS ?= 60
fuzz:
	$(Q)tests/fuzz/run.sh $(TARGET) $(SECONDS)

lint:
	$(Q)bash core/deps.sh lint
	$(Q)tests/lint/run.sh
# --- end of test programs ---------------------------------------------------------------

# --- quality: labelled sets that lie beside the repository -------------------------------
.PHONY: quality
quality:
	$(Q)$(MAKE) --no-print-directory FLAVOUR=release build/release/chengguo
	$(Q)tests/quality/run.sh
# --- end of quality ---------------------------------------------------------------------

# --- benchmarks: Chengguo beside other engines ------------------------------------------
PEER_OBJ := $(B)/tests/bench/peer.o $(B)/tests/bench/gen/labels.o $(B)/tests/bench/gen/regions.o \
            $(B)/tests/bench/gen/rng.o $(B)/tests/bench/gen/orgs.o $(B)/tests/bench/gen/people.o
$(B)/chengguo-peer: $(PEER_OBJ) $(LIB)
	$(call say,LINK,$@)
	$(Q)$(CXX) $(LINK_$(FLAVOUR)) $(LDFLAGS) -o $@ $(PEER_OBJ) $(LIB) $(LIBS) $(ALLOC) -lm

# Speed and memory of reading one table file.
$(B)/chengguo-readers: $(B)/tests/bench/readers.o $(LIB)
	$(call say,LINK,$@)
	$(Q)$(CXX) $(LINK_$(FLAVOUR)) $(LDFLAGS) -o $@ $< $(LIB) $(LIBS)

# Speed of suggestions over a million entries.
$(B)/chengguo-suggest: $(B)/tests/bench/suggest.o $(LIB)
	$(call say,LINK,$@)
	$(Q)$(CXX) $(LINK_$(FLAVOUR)) $(LDFLAGS) -o $@ $< $(LIB) $(LIBS) $(ALLOC)

# make bench N=100000: see docs/performance.md.
N ?= 100000
bench:
	$(Q)bash core/deps.sh bench
	$(Q)$(MAKE) --no-print-directory FLAVOUR=release programs build/release/chengguo-gen build/release/chengguo-peer \
	    build/release/chengguo-readers build/release/chengguo-suggest
	$(Q)tests/bench/run.sh $(N)
# --- end of benchmarks ------------------------------------------------------------------
