// Whom a tracker tells.
#pragma once

#include <algorithm>
#include <exception>
#include <vector>

#include "weir/flow/observer.h"

namespace weir::flow {

/// Tells every observer, in the order they came, also where one of them throws: what the first has
/// thrown leaves the call then.
class Observers {
 public:
  void attach(Observer& observer) {
    observers_.push_back(&observer);
    find_out_what_is_wanted();
  }
  void detach(const Observer& observer) noexcept {
    std::erase(observers_, &observer);
    find_out_what_is_wanted();
  }

  /// Whether one of them asks for packets.
  [[nodiscard]] bool want_packets() const noexcept { return want_packets_; }

  void on_start(const Flow& flow) const {
    tell([&](Observer& observer) { observer.on_start(flow); });
  }
  void on_packet(const Flow& flow, const Packet& packet, bool is_from_originator) const {
    tell([&](Observer& observer) {
      if (observer.wants_packets()) observer.on_packet(flow, packet, is_from_originator);
    });
  }
  void on_end(const Flow& flow, EndReason reason) const {
    tell([&](Observer& observer) { observer.on_end(flow, reason); });
  }
  void on_finish() const {
    tell([](Observer& observer) { observer.on_finish(); });
  }

 private:
  template <class Tell>
  void tell(Tell tell_one) const {
    if (observers_.size() == 1) return tell_one(*observers_.front());
    std::exception_ptr thrown;
    for (Observer* const observer : observers_) {
      try {
        tell_one(*observer);
      } catch (...) {
        if (!thrown) thrown = std::current_exception();
      }
    }
    if (thrown) std::rethrow_exception(thrown);
  }
  void find_out_what_is_wanted() noexcept {
    want_packets_ = std::ranges::any_of(observers_, &Observer::wants_packets);
  }

  std::vector<Observer*> observers_;
  bool want_packets_ = false;
};

}  // namespace weir::flow
