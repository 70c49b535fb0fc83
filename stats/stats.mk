# stats.mk - rules of stats/, included by the Makefile.
