// DepartureQueue: sends a batch, and goes round the frames that are refused.
#include "gate/reinject/departure_queue.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <thread>
#include <utility>

#include "gate/held/slot.h"

namespace weir::gate {

// A queue of the adapter that is full is the network's way to say that packets get lost; all others
// of this thread wait meanwhile.
class DepartureQueue::Patience {
 public:
  /// Whether to try again.
  bool wait(const sys::PacketSocket& socket, int error) noexcept {
    if (left_ == 0) return false;
    --left_;
    if (error == EAGAIN) {
      socket.wait_for_room(1);
    } else if (error == ENOBUFS) {
      std::this_thread::sleep_for(std::chrono::microseconds{100});
    } else {
      return error == EINTR;
    }
    return true;
  }

 private:
  // Of one batch.
  unsigned left_ = 10;
};

DepartureQueue::DepartureQueue(const SenderOf& sender, const sys::DepartureLimits& limits)
    : sender_{sender},
      batch_{sender.adapter, true, limits},
      sending_{std::make_unique<std::array<Sending, sys::SendBatch::capacity>>()} {}

void DepartureQueue::add(Parcel&& parcel) noexcept {
  Sending& sending = (*sending_)[batch_.size()];
  sending.size = parcel.size;
  sending.slot = parcel.slot;
  if (!parcel.memory.is_empty()) sending.memory = std::move(parcel.memory);
  batch_.add(parcel.frame, parcel.protocol, parcel.is_offloaded ? &parcel.offload : nullptr,
             parcel.departure);
}

void DepartureQueue::flush(const Port& port, HeldCounts& counts) noexcept {
  const bool is_marked = sender_.mark != 0 || sender_.priority != 0;
  const sys::PacketSocket& socket =
      is_marked ? port.socket(sender_.mark, sender_.priority) : port.socket();
  Patience patience;
  for (std::size_t at = 0; at < batch_.size();) {
    const sys::SendBatch::Outcome outcome = batch_.send(socket, at);
    for (const std::size_t end = at + outcome.sent; at < end; ++at) {
      counts.send((*sending_)[at].size);
    }
    if (outcome.sent != 0 || patience.wait(socket, outcome.error)) continue;
    if (outcome.error == ENXIO || outcome.error == ENODEV) port.report_gone();
    counts.fail_to_send((*sending_)[at++].size);
  }
  for (std::size_t at = 0; at < batch_.size(); ++at) {
    Sending& sending = (*sending_)[at];
    sending.memory.reset();
    if (sending.slot != nullptr) std::exchange(sending.slot, nullptr)->leave();
  }
  batch_.clear();
}

}  // namespace weir::gate
