// Puts flow rows into the table `flows`.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "rfc3339.h"
#include "sink/flow_fields.h"
#include "sink/sqlite/connection.h"
#include "weir/address.h"

namespace weir::sink {

/// Must not outlive the connection, whose database has the schema.
class FlowInsert {
 public:
  explicit FlowInsert(Connection& connection);

  /// `run` is an id of the table `runs`.
  void add(std::int64_t run, const FlowRow& row);

 private:
  void bind(int& parameter, const FlowField& field, const FlowValue& value);

  Statement insert_;
  Rfc3339 times_{};
  // What the parameters of one row borrow.
  std::array<std::array<char, max_address_text>, flow_fields.size()> texts_{};
  std::array<std::array<std::uint8_t, Ipv6Address::size>, flow_fields.size()> blobs_{};
  std::string vlans_{};
};

}  // namespace weir::sink
