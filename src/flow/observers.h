// Whom a tracker tells.
#pragma once

#include <algorithm>
#include <exception>
#include <vector>

#include "weir/flow/observer.h"

namespace weir::flow {

/// Tells every observer, in the order they came, also where one of them throws: what the first has
/// thrown leaves the call then. They may come and go while an event is told.
class Observers {
 public:
  /// It is told what comes after the event that is being told.
  void attach(Observer& observer) {
    observers_.push_back({&observer, observer.wants_packets()});
    sum_up_wishes();
  }
  /// It is told nothing any more, not of the event that is being told either.
  void detach(const Observer& observer) noexcept {
    if (is_walked_) {
      for (Entry& entry : observers_) {
        if (entry.observer == &observer) entry = {};
      }
    } else {
      std::erase_if(observers_, [&](const Entry& entry) { return entry.observer == &observer; });
    }
    sum_up_wishes();
  }

  /// Whether one of them asks for packets.
  [[nodiscard]] bool want_packets() const noexcept { return want_packets_; }

  void on_start(const Flow& flow) {
    tell([&](const Entry& entry) { entry.observer->on_start(flow); });
  }
  void on_packet(const Flow& flow, const Packet& packet, bool is_from_originator) {
    tell([&](const Entry& entry) {
      if (entry.wants_packets) entry.observer->on_packet(flow, packet, is_from_originator);
    });
  }
  void on_end(const Flow& flow, EndReason reason) {
    tell([&](const Entry& entry) { entry.observer->on_end(flow, reason); });
  }
  void on_second(Timestamp begin, std::uint64_t passed) {
    tell([&](const Entry& entry) { entry.observer->on_second(begin, passed); });
  }
  void on_finish() {
    tell([](const Entry& entry) { entry.observer->on_finish(); });
  }

 private:
  struct Entry {
    /// Null where one has left while they are walked.
    Observer* observer = nullptr;
    bool wants_packets = false;
  };

  /// While it lives, nobody changes place.
  class Walk {
   public:
    explicit Walk(Observers& observers) noexcept : observers_{observers} {
      observers_.is_walked_ = true;
    }
    Walk(const Walk&) = delete;
    Walk& operator=(const Walk&) = delete;
    ~Walk() {
      observers_.is_walked_ = false;
      std::erase_if(observers_.observers_,
                    [](const Entry& one) { return one.observer == nullptr; });
    }

   private:
    Observers& observers_;
  };

  template <class Tell>
  void tell(Tell tell_one) {
    if (observers_.size() == 1) return tell_one(Entry{observers_.front()});
    const Walk walk{*this};
    std::exception_ptr thrown;
    const std::size_t count = observers_.size();  // those that come meanwhile stand behind
    for (std::size_t i = 0; i < count; ++i) {
      const Entry entry = observers_[i];
      if (entry.observer == nullptr) continue;
      try {
        tell_one(entry);
      } catch (...) {
        if (!thrown) thrown = std::current_exception();
      }
    }
    if (thrown) std::rethrow_exception(thrown);
  }
  void sum_up_wishes() noexcept {
    want_packets_ = std::ranges::any_of(observers_, &Entry::wants_packets);
  }

  std::vector<Entry> observers_;
  bool is_walked_ = false;
  bool want_packets_ = false;
};

}  // namespace weir::flow
