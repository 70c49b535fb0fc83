# tests.mk - rules of tests/, included by the Makefile.

# --- generator of synthetic registrations, and the sample made with it -----------------
GENR_OBJ := $(call obj,$(wildcard tests/bench/gen/*.c)) \
            $(B)/core/str.o $(B)/core/err.o $(B)/core/utf8.o
-include $(wildcard $(B)/tests/bench/gen/*.d)
$(B)/chengguo-gen: $(GENR_OBJ)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LINK_$(FLAVOUR)) $(LDFLAGS) -o $@ $(GENR_OBJ) $(shell pkg-config --libs jansson) -lm

.PHONY: sample
sample: $(B)/chengguo-gen
	$(Q)mkdir -p data/sample && $< --seed 20251231 --count 2000 --clean \
	        --out data/sample/registrations.jsonl --truth data/sample/truth.json
# --- end of generator -------------------------------------------------------------------
