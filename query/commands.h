/* commands.h - the commands whose work lies in query/. Each returns the exit code of
 * interface.md; data on stdout, talk on stderr.
 */
#ifndef QUERY_COMMANDS_H
#define QUERY_COMMANDS_H

#include "core/cli.h"

int cmd_search(struct cli *cli);
int cmd_show(struct cli *cli);
int cmd_serve(struct cli *cli);

#endif
