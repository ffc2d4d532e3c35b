// What is known by IP address, in memory of a fixed size.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "weir/address.h"

namespace weir::inject {

/// Where a row of eight is full what comes next takes the place of another. Allocates when it is
/// made, not afterwards. One thread at a time.
template <class Value>
class AddressCache {
 public:
  explicit AddressCache(std::size_t rows) : entries_(rows * row_size) {}

  /// Null where nothing is known. Valid until the next put().
  [[nodiscard]] Value* find(const IpAddress& address) noexcept {
    Entry* const row = row_of(address);
    for (Entry* entry = row; entry != row + row_size; ++entry) {
      if (entry->address == address) return &entry->value;
    }
    return nullptr;
  }
  /// Precondition: it is not known yet, and no address of version 0.
  Value& put(const IpAddress& address, const Value& value) noexcept {
    Entry* const row = row_of(address);
    Entry* place = row + next_++ % row_size;
    for (Entry* entry = row; entry != row + row_size; ++entry) {
      if (entry->address.version() != 0) continue;
      place = entry;
      break;
    }
    *place = {address, value};
    return place->value;
  }

 private:
  struct Entry {
    IpAddress address{};
    Value value{};
  };
  static constexpr std::size_t row_size = 8;

  [[nodiscard]] Entry* row_of(const IpAddress& address) noexcept {
    std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
    for (const std::uint8_t octet : address.bytes()) hash = (hash ^ octet) * 0x100000001b3;
    hash ^= hash >> 32;
    return &entries_[hash % (entries_.size() / row_size) * row_size];
  }

  std::vector<Entry> entries_;
  std::size_t next_ = 0;
};

}  // namespace weir::inject
