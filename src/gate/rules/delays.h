// What waits until its time has come: packets that rules delay.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace weir::gate {

/// Gives back what was put in, in the order of their times, what has the same one as it came. By
/// several threads at once.
template <class T>
class Delays {
 public:
  /// For so many without allocating; more are refused.
  explicit Delays(std::size_t capacity) : capacity_{capacity} { waiting_.reserve(capacity); }

  /// `due`: by a clock that goes evenly, in nanoseconds. False, and `what` is left as it is, where
  /// there is no room.
  [[nodiscard]] bool put(T&& what, std::uint64_t due) {
    const std::scoped_lock lock{mutex_};
    if (waiting_.size() == capacity_) return false;
    waiting_.push_back({due, next_number_++, std::move(what)});
    std::ranges::push_heap(waiting_, is_later);
    return true;
  }

  /// The next of those whose time has come by `now`, if there is one.
  [[nodiscard]] std::optional<T> take(std::uint64_t now) {
    const std::scoped_lock lock{mutex_};
    if (waiting_.empty() || waiting_.front().due > now) return std::nullopt;
    std::ranges::pop_heap(waiting_, is_later);
    std::optional<T> what{std::move(waiting_.back().what)};
    waiting_.pop_back();
    return what;
  }

  /// When the next is due; nothing if none waits.
  [[nodiscard]] std::optional<std::uint64_t> next_due() const {
    const std::scoped_lock lock{mutex_};
    if (waiting_.empty()) return std::nullopt;
    return waiting_.front().due;
  }

 private:
  struct Waiting {
    std::uint64_t due;
    std::uint64_t number;
    T what;
  };
  static constexpr auto is_later = [](const Waiting& a, const Waiting& b) noexcept {
    return a.due != b.due ? a.due > b.due : a.number > b.number;
  };

  mutable std::mutex mutex_{};
  std::size_t capacity_;
  std::uint64_t next_number_ = 0;
  /// A heap: the next to go first.
  std::vector<Waiting> waiting_{};
};

}  // namespace weir::gate
