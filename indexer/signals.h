/* signals.h - SIGINT and SIGTERM as a flag that long work looks at.
 *
 * The one mutable global of the indexer: a signal handler has nowhere else to write.
 */
#ifndef INDEXER_SIGNALS_H
#define INDEXER_SIGNALS_H

/* Installs the handlers (once) and returns the flag; it becomes 1. A second signal ends
 * the process at once, as the user then expects. */
const volatile int *signals_stop_flag(void);

#endif
