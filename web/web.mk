# web.mk - rules of web/, included by the Makefile: templates, styles and icons become
# build/gen/web_embedded.{S,h}, which asset.c serves.

WEB_FILES := $(sort $(wildcard web/templates/*.mustache web/css/*.css web/icons/*.svg))
GEN_HEADERS += $(G)/web_embedded.h
GEN_OBJ += $(G)/web_embedded.o

# A file that goes away changes this list, and so makes the table anew.
WEB_LIST := $(G)/web_embedded.list
$(shell mkdir -p $(G) && printf '%s' '$(WEB_FILES)' | cmp -s - $(WEB_LIST) || \
        printf '%s' '$(WEB_FILES)' > $(WEB_LIST))

$(G)/web_embedded.h: web/embed.sh $(WEB_LIST) $(WEB_FILES)
	$(call say,EMBED,$@)
	$(Q)sh web/embed.sh $(G)/web_embedded $(WEB_FILES)

$(G)/web_embedded.o: $(G)/web_embedded.h
	$(Q)$(CC) -c -o $@.tmp $(G)/web_embedded.S && mv $@.tmp $@
