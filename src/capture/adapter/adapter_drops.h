// What an adapter dropped since some time, by a counter that does not begin then.
#pragma once

#include <cstdint>
#include <optional>

namespace weir::capture {

/// Counters are sys::LinkState::dropped; none where the kernel does not tell, and from then on
/// nothing is known.
class AdapterDrops {
 public:
  /// From the time the counter stood at `counter`.
  explicit AdapterDrops(std::optional<std::uint64_t> counter) noexcept : last_{counter} {}

  /// Until now, when it stands at `counter`. One that was set back counts from 0: what was dropped
  /// between the last call and that is not in it.
  std::optional<std::uint64_t> until(std::optional<std::uint64_t> counter) noexcept {
    if (!counter || !last_) return std::nullopt;
    sum_ += *counter < *last_ ? *counter : *counter - *last_;
    last_ = counter;
    return sum_;
  }

  /// Another adapter, whose counter stands at `counter`, has taken the place of the one before, of
  /// which what the last call of until() told stays.
  void go_on_with(std::optional<std::uint64_t> counter) noexcept {
    if (last_) last_ = counter;
  }

 private:
  std::optional<std::uint64_t> last_;
  std::uint64_t sum_ = 0;
};

}  // namespace weir::capture
