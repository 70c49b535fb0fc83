# query.mk - rules of query/, included by the Makefile.

# --- search help: data/help.tsv becomes build/gen/help_embedded.{S,h} (help.c)
GEN_HEADERS += $(G)/help_embedded.h
GEN_OBJ += $(G)/help_embedded.o
$(G)/help_embedded.h: core/gen/embed.sh data/help.tsv
	$(call say,EMBED,$@)
	$(Q)mkdir -p $(@D) && sh core/gen/embed.sh $(G)/help_embedded help data/help.tsv
$(G)/help_embedded.o: $(G)/help_embedded.h data/help.tsv
	$(Q)$(CC) -c -o $@.$$$$ $(G)/help_embedded.S && mv $@.$$$$ $@
# --- end of search help
