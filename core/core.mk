# core.mk - rules of core/, included by the Makefile.
