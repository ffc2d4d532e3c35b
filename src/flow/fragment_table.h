// Which flow a fragmented datagram belongs to: told by its first fragment, asked for by the later
// ones.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>

#include "key_hash.h"
#include "ticks.h"
#include "weir/flow/key.h"

namespace weir::flow {

/// A datagram on its way in pieces (RFC 791 3.2, RFC 8200 4.5). The addresses are source and
/// destination, each sender numbers its own datagrams; the two ports hold the identification.
using DatagramKey = FlowKey;

/// A bounded table; the least recently used datagram makes room. Memory is taken at first use.
class FragmentTable {
 public:
  static constexpr std::size_t max_datagrams = 4096;
  static constexpr Ticks lifetime = 30'000'000'000;  // nanoseconds

  /// What only the first fragment shows.
  struct Transport {
    /// Source and destination.
    std::array<std::uint16_t, 2> ports{};
    /// IANA number.
    std::uint8_t protocol = 0;
    bool operator==(const Transport&) const = default;
  };

  explicit FragmentTable(const HashKey& key = {}) noexcept : hash_{key} {}

  /// The datagram's first fragment was seen, and shows this.
  void remember(const DatagramKey& datagram, Transport transport, Ticks now);
  /// Nothing if the first fragment was not seen within the lifetime before `now`.
  [[nodiscard]] std::optional<Transport> find(const DatagramKey& datagram, Ticks now) noexcept;

  /// Look-ups that found nothing.
  [[nodiscard]] std::uint64_t unmatched() const noexcept { return unmatched_; }
  /// Datagrams dropped for room before their lifetime was over.
  [[nodiscard]] std::uint64_t evicted() const noexcept { return evicted_; }
  [[nodiscard]] std::size_t memory() const noexcept { return tables_ ? sizeof(Tables) : 0; }

 private:
  using Index = std::uint16_t;
  static constexpr Index none = 0xffff;

  struct Entry {
    DatagramKey datagram;
    Transport transport;
    Ticks seen = 0;
    Index next_in_bucket = none;
    Index newer = none;
    Index older = none;
  };
  struct Tables {
    std::array<Entry, max_datagrams> entries;
    std::array<Index, max_datagrams> buckets;
  };

  /// Packets that were read but not counted, for an observer threw, may have been ahead of `now`.
  [[nodiscard]] static bool is_alive(const Entry& entry, Ticks now) noexcept {
    return now <= entry.seen || now - entry.seen <= lifetime;
  }
  [[nodiscard]] Index& bucket(const DatagramKey& datagram) noexcept;
  [[nodiscard]] Index look_up(const DatagramKey& datagram) noexcept;
  [[nodiscard]] Index take_entry(Ticks now) noexcept;
  void leave_bucket(Index index) noexcept;
  void leave_order(Index index) noexcept;
  void make_newest(Index index) noexcept;

  std::unique_ptr<Tables> tables_;
  KeyHash hash_;
  std::size_t used_ = 0;
  Index newest_ = none;
  Index oldest_ = none;
  std::uint64_t unmatched_ = 0;
  std::uint64_t evicted_ = 0;
};

}  // namespace weir::flow
