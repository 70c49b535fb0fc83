/* commands.h - the commands whose work lies in indexer/. Each returns the exit code of
 * interface.md; data on stdout, talk on stderr.
 */
#ifndef INDEXER_COMMANDS_H
#define INDEXER_COMMANDS_H

#include "core/cli.h"

int cmd_ingest(struct cli *cli);
int cmd_profile(struct cli *cli);
int cmd_check(struct cli *cli);
int cmd_rebuild(struct cli *cli);
int cmd_watch(struct cli *cli);
int cmd_codes(struct cli *cli);
int cmd_record(struct cli *cli);
int cmd_batch(struct cli *cli);
int cmd_review(struct cli *cli);
int cmd_conversion(struct cli *cli);
int cmd_audit(struct cli *cli);
int cmd_unit(struct cli *cli);

#endif
