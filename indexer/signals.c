#include "indexer/signals.h"

#include <signal.h>
#include <stddef.h>

static volatile int stop;

static void on_signal(int sig) {
    if (stop) signal(sig, SIG_DFL);
    stop = 1;
}

const volatile int *signals_stop_flag(void) {
    struct sigaction sa = {.sa_handler = on_signal};
    sigemptyset(&sa.sa_mask);
    sigaction(SIGINT, &sa, NULL);
    sigaction(SIGTERM, &sa, NULL);
    return &stop;
}
