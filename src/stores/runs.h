// The rows of the table `runs`.
#pragma once

#include <cstdint>

#include "weir/stores/database_run.h"

namespace weir::stores {

class Connection;

/// Adds a run, incomplete so far; returns its id.
[[nodiscard]] std::int64_t insert_run(Connection& connection, const DatabaseRun& run);

/// Whether the database still has that run under that id.
[[nodiscard]] bool has_run(Connection& connection, std::int64_t id, const DatabaseRun& run);

void set_complete(Connection& connection, std::int64_t id);

/// Flows of runs that one of that input takes the place of; deletes these runs with their flows.
/// Only ids below `end` count.
[[nodiscard]] std::int64_t count_earlier(Connection& connection, const DatabaseRun& run,
                                         std::int64_t end);
void delete_earlier(Connection& connection, const DatabaseRun& run, std::int64_t end);

}  // namespace weir::stores
