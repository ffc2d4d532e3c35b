// Which ports a fragmented datagram has: told by its first fragment, asked for by the later ones.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>

#include "ticks.h"
#include "weir/flow/key.h"

namespace weir::flow {

/// A datagram on its way in pieces (RFC 791 3.2, RFC 8200 4.5). The addresses of the key are source
/// and destination, its ports are 0: each sender numbers its own datagrams.
struct DatagramKey {
  FlowKey key;
  std::uint32_t identification = 0;
  bool operator==(const DatagramKey&) const = default;
};

/// A bounded table; the least recently used datagram makes room. Memory is taken at first use.
class FragmentTable {
 public:
  static constexpr std::size_t max_datagrams = 4096;
  static constexpr Ticks lifetime = 30'000'000'000;  // nanoseconds

  using Ports = std::array<std::uint16_t, 2>;

  explicit FragmentTable(std::uint64_t secret = 0) noexcept : secret_{secret} {}

  /// Source port and destination port of the datagram whose first fragment this is.
  void remember(const DatagramKey& datagram, Ports ports, Ticks now);
  /// Nothing if the first fragment was not seen within the lifetime before `now`.
  [[nodiscard]] std::optional<Ports> find(const DatagramKey& datagram, Ticks now) noexcept;

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
    Ports ports{};
    Ticks seen = 0;
    Index next_in_bucket = none;
    Index newer = none;
    Index older = none;
  };
  struct Tables {
    std::array<Entry, max_datagrams> entries;
    std::array<Index, max_datagrams> buckets;
  };

  [[nodiscard]] Index& bucket(const DatagramKey& datagram) noexcept;
  [[nodiscard]] Index look_up(const DatagramKey& datagram) noexcept;
  [[nodiscard]] Index take_entry(Ticks now) noexcept;
  void leave_bucket(Index index) noexcept;
  void leave_order(Index index) noexcept;
  void make_newest(Index index) noexcept;

  std::unique_ptr<Tables> tables_;
  std::uint64_t secret_;
  std::size_t used_ = 0;
  Index newest_ = none;
  Index oldest_ = none;
  std::uint64_t unmatched_ = 0;
  std::uint64_t evicted_ = 0;
};

}  // namespace weir::flow
