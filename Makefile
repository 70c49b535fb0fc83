# Chengguo: one non-recursive Makefile; folders add their own rules in FOLDER/FOLDER.mk.
#
#   make            build/chengguo and build/chengguo-draw (release)
#   make run        install what is missing, build, bring in the sample, serve it
#   make test       install what tests need, build with sanitizers, run every test
#   make bench      speed and memory beside other engines
#   make lint       format, analyzers, layers, headers, banned functions
#   make FLAVOUR=debug|release|asan|tsan   objects of each flavour stay apart in build/
#   V=1 shows whole commands; WERROR= turns warnings back into warnings.

FLAVOUR ?= release
B := build/$(FLAVOUR)
G := build/gen
CC := gcc
CXX := g++
PKGS := xapian-core sqlite3 libmicrohttpd jansson icu-i18n icu-uc talloc zlib inih libxxhash libzip expat
DRAW_PKGS := librsvg-2.0 cairo jansson freetype2 fontconfig

WARN := -Wall -Wextra -Wshadow -Wvla -Wformat=2 -Wundef -Wpointer-arith -Wcast-qual \
        -Wwrite-strings -Wconversion -Wduplicated-cond -Wduplicated-branches -Wlogical-op \
        -Wnull-dereference -Wimplicit-fallthrough=5 -Wdate-time -Wbidi-chars=any
WARN_C := -Wstrict-prototypes -Wmissing-prototypes -Wswitch-enum
# Warnings are errors while developing; a packager's newer compiler still builds.
WERROR := $(if $(filter release fuzz,$(FLAVOUR)),,-Werror)
HARDEN := -fstack-protector-strong -fstack-clash-protection -fcf-protection -fPIE
OPT_release := -O2 -g -D_FORTIFY_SOURCE=2 $(HARDEN)
OPT_debug := -O0 -g3
OPT_asan := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
OPT_tsan := -O1 -g -fno-omit-frame-pointer -fsanitize=thread
OPT_fuzz := -O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined \
            -Wno-unknown-warning-option
LINK_release := -pie -Wl,-z,relro,-z,now
LINK_asan := -fsanitize=address,undefined
LINK_tsan := -fsanitize=thread
# The null-dereference analysis runs on optimised code and mistrusts sanitizer checks.
NOWARN_asan := -Wno-null-dereference -Wno-maybe-uninitialized
NOWARN_tsan := -Wno-null-dereference -Wno-maybe-uninitialized

pkg_cflags := $(shell pkg-config --cflags $(PKGS) $(DRAW_PKGS) 2>/dev/null | sed 's/-I\([^ ]*\)/-isystem \1/g')
LIBS = $(shell pkg-config --libs $(PKGS)) -lcsv -lpthread
# Xapian's inverter frees and asks for small nodes without end: jemalloc takes a tenth off a
# bulk build. The sanitizers bring an allocator of their own.
ALLOC := $(if $(filter release,$(FLAVOUR)),-ljemalloc)
DRAW_LIBS = $(shell pkg-config --libs $(DRAW_PKGS)) -lplot -lm

CPPFLAGS := -I. -I$(G) -D_GNU_SOURCE $(pkg_cflags)
COMMON := $(OPT_$(FLAVOUR)) $(WARN) $(WERROR) $(NOWARN_$(FLAVOUR)) -MMD -MP -fno-common
CFLAGS_ALL = -std=c17 $(COMMON) $(WARN_C) $(CFLAGS)
CXXFLAGS_ALL = -std=c++17 $(COMMON) -fvisibility=hidden $(CXXFLAGS)
Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-6s %s\n' '$(1)' '$(2)')

LIB_SRC := $(wildcard core/*.c core/xindex/*.cc indexer/*.c query/*.c stats/*.c web/*.c web/*.cc)
DRAW_SRC := $(wildcard stats/draw/*.c)
obj = $(patsubst %,$(B)/%.o,$(basename $(1)))
LIB_OBJ := $(call obj,$(LIB_SRC))
DRAW_OBJ := $(call obj,$(DRAW_SRC))
LIB := $(B)/libchengguo.a

.PHONY: all programs run run-only test test-only bench lint clean
all: programs
programs: build/chengguo build/chengguo-draw

include core/core.mk indexer/indexer.mk query/query.mk web/web.mk stats/stats.mk tests/tests.mk

build/chengguo: build/release/chengguo
build/chengguo-draw: build/release/chengguo-draw
build/chengguo build/chengguo-draw:
ifeq ($(FLAVOUR),release)
	$(Q)ln -sf release/$(notdir $@) $@
endif

$(B)/chengguo: $(B)/main.o $(LIB)
	$(call say,LINK,$@)
	$(Q)$(CXX) $(LINK_$(FLAVOUR)) $(LDFLAGS) -o $@ $(B)/main.o $(LIB) $(LIBS) $(ALLOC)

$(B)/chengguo-draw: $(DRAW_OBJ) $(LIB)
	$(call say,LINK,$@)
	$(Q)$(CXX) $(LINK_$(FLAVOUR)) $(LDFLAGS) -o $@ $(DRAW_OBJ) $(LIB) $(DRAW_LIBS) $(LIBS)

$(LIB): $(LIB_OBJ) $(GEN_OBJ)
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar rcs $@ $^

# Objects depend on the flags they were built with, and on generated headers existing.
FLAGS := $(B)/.flags
$(shell mkdir -p $(B) && printf '%s' '$(CC) $(CPPFLAGS) $(COMMON) $(CFLAGS) $(CXXFLAGS)' | cmp -s - $(FLAGS) || \
        printf '%s' '$(CC) $(CPPFLAGS) $(COMMON) $(CFLAGS) $(CXXFLAGS)' > $(FLAGS))

$(B)/%.o: %.c $(FLAGS) | $(GEN_HEADERS)
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D) && $(CC) $(CPPFLAGS) $(CFLAGS_ALL) -c -o $@ $<

$(B)/%.o: %.cc $(FLAGS) | $(GEN_HEADERS)
	$(call say,CXX,$<)
	$(Q)mkdir -p $(@D) && $(CXX) $(CPPFLAGS) $(CXXFLAGS_ALL) -c -o $@ $<

-include $(wildcard $(B)/*.d $(B)/*/*.d $(B)/*/*/*.d $(B)/*/*/*/*.d)

# ---- the two commands ----------------------------------------------------------------
# Packages come first, in a make of their own: this one was parsed without their flags.
SAMPLE_STORE := build/sample-store
LISTEN ?= 127.0.0.1:8080

run:
	$(Q)bash core/deps.sh run
	$(Q)$(MAKE) --no-print-directory programs FLAVOUR=release
	$(Q)$(MAKE) --no-print-directory run-only
run-only:
	@echo '导入样例数据 / bringing in the sample data'
	$(Q)build/chengguo --store $(SAMPLE_STORE) ingest data/sample/registrations.jsonl || [ $$? = 3 ]
	@echo '打开 / open http://$(LISTEN)/  （Ctrl-C 停止 / stops）'
	$(Q)exec build/chengguo --store $(SAMPLE_STORE) serve --listen $(LISTEN)

test:
	$(Q)bash core/deps.sh test
	$(Q)$(MAKE) --no-print-directory test-only

clean:
	$(Q)rm -rf build
