// The schema of the flow database, made from the field table.
#pragma once

#include <string>

namespace weir::sink {

class Connection;

/// Creates the schema in an empty database; throws Error (database) if the file holds something
/// else, or the schema has another version. `path` is for the message.
void require_schema(Connection& connection, const std::string& path);

/// The index statements alone: a first run fills the table, then indexes it.
[[nodiscard]] std::string create_indexes();
[[nodiscard]] std::string drop_indexes();

/// INSERT with one parameter per column, in the order of the columns: the run, then each field but
/// `type`; an address is two columns, its text and its bytes.
[[nodiscard]] std::string insert_flow();

}  // namespace weir::sink
