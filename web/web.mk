# web.mk - rules of web/, included by the Makefile.
