// Puts flow rows into the table `flows`.
#pragma once

#include <array>
#include <cstdint>

#include "record/flow_fields.h"
#include "rfc3339.h"
#include "stores/connection.h"
#include "weir/address.h"

namespace weir::stores {

/// Must not outlive the connection, whose database has the schema.
class FlowInsert {
 public:
  explicit FlowInsert(Connection& connection);

  /// `run` is an id of the table `runs`.
  void add(std::int64_t run, const record::FlowRow& row);

 private:
  void bind(int& parameter, std::size_t field, const record::FlowRow& row);

  Statement insert_;
  Rfc3339 times_{};
  // What the parameters of one row borrow.
  std::array<std::array<char, max_address_text>, record::flow_fields.size()> texts_{};
  std::array<std::array<std::uint8_t, Ipv6Address::size>, record::flow_fields.size()> blobs_{};
};

}  // namespace weir::stores
