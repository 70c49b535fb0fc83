# tests.mk - rules of tests/, included by the Makefile.
