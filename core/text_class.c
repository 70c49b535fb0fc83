#include "core/text_class.h"

#include "t2s.inc"
