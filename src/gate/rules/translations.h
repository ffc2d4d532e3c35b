// Flows whose destination a rule has changed, so that what comes back shows the original again.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "flow/key_hash.h"
#include "weir/address.h"
#include "weir/flow/key.h"
#include "weir/flow/tracker.h"

namespace weir::gate {

/// What a flow's destination was.
struct Translation {
  IpAddress address{};
  /// 0 for what has no ports.
  std::uint16_t port = 0;
  /// The side of the key that has taken its place, and answers.
  std::uint8_t side = 0;
  /// It is TCP, and a FIN or RST was seen.
  bool is_closing = false;
  bool is_tcp = false;
};

/// A table of fixed size; a flow is found by its changed endpoints. In a full place the one that
/// ends first makes room. Memory is taken by the first flow. One thread at a time.
class Translations {
 public:
  /// How long a flow is kept in silence, in nanoseconds: RFC 4787 4.3, RFC 5382 5; one that is
  /// closing as long as its ports stay taken at the end that closed it.
  static constexpr std::uint64_t idle = 300'000'000'000;
  static constexpr std::uint64_t tcp_idle = 7'440'000'000'000;
  static constexpr std::uint64_t closing = 60'000'000'000;

  /// `capacity`: flows at most, rounded up to a power of two of at least `ways`.
  Translations(const flow::HashKey& key, std::size_t capacity);

  /// `now`, here and below: by a clock that goes evenly, in nanoseconds.
  void remember(const flow::FlowKey& key, const Translation& translation, std::uint64_t now);
  void forget(const flow::FlowKey& key) noexcept;
  /// Null if there is none; valid until the next remember(). Counts as a sign of life.
  [[nodiscard]] Translation* find(const flow::FlowKey& key, std::uint64_t now) noexcept;

  /// Those that had to make room before they had ended.
  [[nodiscard]] std::uint64_t evicted() const noexcept { return evicted_; }

 private:
  static constexpr std::size_t ways = 8;
  struct Entry {
    flow::FlowKey key{};
    Translation translation{};
    /// 0: it is free.
    std::uint64_t end = 0;
  };
  using Place = std::array<Entry, ways>;

  [[nodiscard]] Place& place_of(const flow::FlowKey& key) noexcept {
    return places_[hash_(key) & (places_.size() - 1)];
  }
  [[nodiscard]] Entry* entry_of(const flow::FlowKey& key) noexcept;

  flow::KeyHash hash_;
  std::size_t place_count_;
  std::vector<Place> places_{};
  std::uint64_t evicted_ = 0;
};

}  // namespace weir::gate
