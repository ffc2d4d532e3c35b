// The first sequence numbers of TCP connections, so that later ones can be counted from there.
#pragma once

#include <cstdint>
#include <vector>

#include "record/tcp_bases.h"
#include "weir/address.h"

namespace weir::print {

/// A connection, the same key for both directions.
struct ConnectionKey {
  IpAddress low;
  IpAddress high;
  std::uint16_t low_port = 0;
  std::uint16_t high_port = 0;
  bool operator==(const ConnectionKey&) const noexcept = default;
};

/// Open addressing; doubles up to a limit, then a new connection takes the place of an old one.
class SequenceTable {
 public:
  SequenceTable(std::size_t max_connections, std::uint64_t hash_key) noexcept
      : max_slots_{max_connections * 2}, hash_key_{hash_key} {}

  /// The connection's; of a new one they are not known.
  record::TcpBases& at(const ConnectionKey& key);

 private:
  struct Entry {
    ConnectionKey key;
    record::TcpBases bases{};
    bool used = false;
  };

  [[nodiscard]] std::size_t home(const ConnectionKey& key) const noexcept;
  Entry& probe(const ConnectionKey& key, bool& found) noexcept;
  void grow();

  std::vector<Entry> slots_;
  std::size_t used_ = 0;
  std::size_t max_slots_;
  std::uint64_t hash_key_;
};

}  // namespace weir::print
