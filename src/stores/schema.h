// The schema of the flow database, made from the field table.
#pragma once

#include <string>

namespace weir::stores {

class Connection;

/// Whether the database has our schema; false if it is empty. Throws Error (database) if it holds
/// something else, or the schema has another version.
bool check_schema(Connection& connection);

/// Within a transaction that writes: creates the schema in an empty database, else as
/// check_schema().
void require_schema(Connection& connection);

/// The indexes that cost most to keep up; creates those that are not there.
[[nodiscard]] std::string create_indexes();
[[nodiscard]] std::string drop_indexes();

/// INSERT with one parameter per column, in the order of the columns: the run, then each field but
/// `type`; an address is two columns, its text and its bytes.
[[nodiscard]] std::string insert_flow();

}  // namespace weir::stores
