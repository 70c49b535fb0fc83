# indexer.mk - rules of indexer/, included by the Makefile: data/profiles/*.ini become
# build/gen/profiles_embedded.{S,h}, which profile_set.c reads.

PROFILE_FILES := $(sort $(wildcard data/profiles/*.ini))
GEN_HEADERS += $(G)/profiles_embedded.h
GEN_OBJ += $(G)/profiles_embedded.o

# A file that goes away changes this list, and so makes the table anew.
PROFILE_LIST := $(G)/profiles_embedded.list
$(shell mkdir -p $(G) && printf '%s' '$(PROFILE_FILES)' | cmp -s - $(PROFILE_LIST) || \
        printf '%s' '$(PROFILE_FILES)' > $(PROFILE_LIST))

$(G)/profiles_embedded.h: core/gen/embed.sh $(PROFILE_LIST) $(PROFILE_FILES)
	$(call say,EMBED,$@)
	$(Q)sh core/gen/embed.sh $(G)/profiles_embedded profiles $(PROFILE_FILES)
$(G)/profiles_embedded.o: $(G)/profiles_embedded.h $(PROFILE_FILES)
	$(Q)$(CC) -c -o $@.$$$$ $(G)/profiles_embedded.S && mv $@.$$$$ $@

# data/windows.csv becomes build/gen/windows_embedded.{S,h}, which windows.c reads.
GEN_HEADERS += $(G)/windows_embedded.h
GEN_OBJ += $(G)/windows_embedded.o
$(G)/windows_embedded.h: core/gen/embed.sh data/windows.csv
	$(call say,EMBED,$@)
	$(Q)sh core/gen/embed.sh $(G)/windows_embedded windows data/windows.csv
$(G)/windows_embedded.o: $(G)/windows_embedded.h data/windows.csv
	$(Q)$(CC) -c -o $@.$$$$ $(G)/windows_embedded.S && mv $@.$$$$ $@
