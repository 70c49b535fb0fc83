/* registry_schema.h - the tables of registry.db. The schema stands in registry_schema.c.
 *
 * Threads: constant. Not: opens nothing.
 */
#ifndef INDEXER_REGISTRY_SCHEMA_H
#define INDEXER_REGISTRY_SCHEMA_H

#include "core/db.h"

#define REGISTRY_MIGRATIONS 3

/* The migrations in order; the aggregates' tables are the statistics' own (aggregate.h).
 */
void registry_migrations(struct db_migration out[REGISTRY_MIGRATIONS]);

#endif
