// Changes that other threads ask for.
#pragma once

#include <atomic>
#include <cstddef>
#include <future>
#include <mutex>
#include <utility>
#include <vector>

#include "weir/capture/live.h"

namespace weir::capture {

/// A queue from any thread to the one that captures.
class PostedChanges {
 public:
  std::future<void> post(std::size_t adapter, LiveChange change) {
    std::promise<void> done;
    std::future<void> future = done.get_future();
    const std::scoped_lock lock{mutex_};
    if (is_closed_) return future;
    posted_.push_back({adapter, std::move(change), std::move(done)});
    has_any_.store(true, std::memory_order_release);
    return future;
  }

  /// From now on nobody takes any, until open(): promises are broken at once.
  void close() noexcept {
    const std::scoped_lock lock{mutex_};
    is_closed_ = true;
    posted_.clear();
    has_any_.store(false, std::memory_order_relaxed);
  }

  void open() noexcept {
    const std::scoped_lock lock{mutex_};
    is_closed_ = false;
  }

  /// Calls apply(adapter, change) for each, in order, and tells who posted it how that ended.
  template <class Apply>
  void for_each(Apply apply) {
    if (!has_any_.load(std::memory_order_acquire)) return;
    for (Posted& one : taken()) {
      try {
        apply(one.adapter, one.change);
        one.done.set_value();
      } catch (...) {
        one.done.set_exception(std::current_exception());
      }
    }
  }

 private:
  struct Posted {
    std::size_t adapter;
    LiveChange change;
    std::promise<void> done;
  };

  std::vector<Posted> taken() {
    const std::scoped_lock lock{mutex_};
    has_any_.store(false, std::memory_order_relaxed);
    return std::exchange(posted_, {});
  }

  std::mutex mutex_{};
  std::vector<Posted> posted_{};
  bool is_closed_ = false;
  std::atomic<bool> has_any_{false};
};

}  // namespace weir::capture
