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
    observers_.push_back(&observer);
    find_out_what_is_wanted();
  }
  /// It is told nothing any more, not of the event that is being told either.
  void detach(const Observer& observer) noexcept {
    if (is_walked_) {
      std::ranges::replace_if(
          observers_, [&](const Observer* one) { return one == &observer; }, nullptr);
    } else {
      std::erase(observers_, &observer);
    }
    find_out_what_is_wanted();
  }

  /// Whether one of them asks for packets.
  [[nodiscard]] bool want_packets() const noexcept { return want_packets_; }

  void on_start(const Flow& flow) {
    tell([&](Observer& observer) { observer.on_start(flow); });
  }
  void on_packet(const Flow& flow, const Packet& packet, bool is_from_originator) {
    tell([&](Observer& observer) {
      if (observer.wants_packets()) observer.on_packet(flow, packet, is_from_originator);
    });
  }
  void on_end(const Flow& flow, EndReason reason) {
    tell([&](Observer& observer) { observer.on_end(flow, reason); });
  }
  void on_second(Timestamp begin, std::uint64_t passed) {
    tell([&](Observer& observer) { observer.on_second(begin, passed); });
  }
  void on_finish() {
    tell([](Observer& observer) { observer.on_finish(); });
  }

 private:
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
      std::erase(observers_.observers_, nullptr);
    }

   private:
    Observers& observers_;
  };

  template <class Tell>
  void tell(Tell tell_one) {
    if (observers_.size() == 1) return tell_one(*observers_.front());
    const Walk walk{*this};
    std::exception_ptr thrown;
    const std::size_t count = observers_.size();  // those that come meanwhile stand behind
    for (std::size_t i = 0; i < count; ++i) {
      if (observers_[i] == nullptr) continue;
      try {
        tell_one(*observers_[i]);
      } catch (...) {
        if (!thrown) thrown = std::current_exception();
      }
    }
    if (thrown) std::rethrow_exception(thrown);
  }
  void find_out_what_is_wanted() noexcept {
    want_packets_ = std::ranges::any_of(observers_, [](const Observer* observer) {
      return observer != nullptr && observer->wants_packets();
    });
  }

  /// Null where one has left while they are walked.
  std::vector<Observer*> observers_;
  bool is_walked_ = false;
  bool want_packets_ = false;
};

}  // namespace weir::flow
