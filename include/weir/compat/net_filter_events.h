// The events of NetFilter: what each handler is given, and how handlers are set.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "weir/error.h"
#include "weir/packet.h"

namespace weir::compat {

/// A packet on its way, which a filter rule with RULE_ACTION_CAPTURE holds (on_packet). The handler
/// sets action, data_size and result_code; what it sets of the others means nothing.
struct NetFilterPacketEventParams {
  /// The id of the adapter: its ifindex.
  int adapter_id = 0;
  /// When it was received, to the millisecond.
  Timestamp timestamp{};
  /// Nanoseconds past that, 0 to 999,999.
  int timestamp_ns = 0;
  /// NetFilter::DLT_EN10MB or DLT_RAW.
  int packet_type = 0;
  /// NetFilter::PACKET_DIRECTION_OUTGOING or _INCOMING.
  int direction = 0;
  /// Bytes on the wire; may exceed data_size (adapter_max_packet_bytes).
  int packet_size = 0;
  /// Its bytes, to be changed in place; valid until the handler returns.
  std::uint8_t* buffer = nullptr;
  /// Bytes there is room for.
  int buffer_size = 0;
  /// Bytes of the packet in the buffer; set it for PACKET_ACTION_SEND_MODIFIED, or to what is
  /// needed, with result_code 122, to be called again with more room: with all fields as at first,
  /// and the packet's bytes as the handler left them.
  int data_size = 0;
  /// Where its IP header begins in the buffer, and bytes of the IP packet there; 0 if it has none.
  int ip_offset = 0;
  int ip_size = 0;
  /// NetFilter::PACKET_ACTION_SEND; what is to become of it.
  int action = 2;
  /// 0; another one than 122 is told by on_error, and the packet goes on as it came.
  int result_code = 0;
};

/// A copy of a packet that a rule with RULE_ACTION_NOTIFY has seen (on_notify_packet). Fields as
/// above.
struct NetFilterNotifyPacketEventParams {
  int adapter_id = 0;
  Timestamp timestamp{};
  int timestamp_ns = 0;
  int packet_type = 0;
  int direction = 0;
  int packet_size = 0;
  /// What was captured of it: valid until the handler returns.
  const std::uint8_t* data = nullptr;
  int data_size = 0;
  int ip_offset = 0;
  int ip_size = 0;
  /// Another one than 0 is told by on_error.
  int result_code = 0;
};

/// What was counted at an adapter (on_statistics). Grows; it is never set back.
struct NetFilterStatisticsEventParams {
  int adapter_id = 0;
  /// False: all packets of the adapter since initialize(), as the kernel counts them, and what
  /// filters dropped. True: those this filter has seen since start_filter().
  bool filter_specific = false;
  /// When it was counted.
  Timestamp time_stamp{};
  std::int64_t packets_received = 0;
  std::int64_t bytes_received = 0;
  std::int64_t packets_sent = 0;
  std::int64_t bytes_sent = 0;
  /// By rules and by handlers.
  std::int64_t packets_dropped_inbound = 0;
  std::int64_t bytes_dropped_inbound = 0;
  std::int64_t packets_dropped_outbound = 0;
  std::int64_t bytes_dropped_outbound = 0;
};

/// An adapter that is there now (on_adapter_added).
struct NetFilterAdapterAddedEventParams {
  int adapter_id = 0;
};

/// An adapter that was there (on_adapter_removed).
struct NetFilterAdapterRemovedEventParams {
  int adapter_id = 0;
};

/// What went wrong in a handler, or beside the packets' way (on_error).
struct NetFilterErrorEventParams {
  /// A code of NetFilterError; 0 for what a handler has thrown that has none.
  int error_code = 0;
  std::string description{};
};

/// In a new worker thread (on_worker_thread_creation).
struct NetFilterWorkerThreadCreationEventParams {
  /// 0; with another one the thread is not used, and on_error is told.
  int result_code = 0;
};

/// In a worker thread that is about to end (on_worker_thread_termination).
struct NetFilterWorkerThreadTerminationEventParams {};

/// The handler of an event. May be set, or set to nullptr, at any time and by any thread, also by
/// the handler itself: calls that are under way go on with the one before.
template <class Params>
class NetFilterEvent {
 public:
  using Handler = std::function<void(Params&)>;

  NetFilterEvent() = default;
  NetFilterEvent(const NetFilterEvent&) = delete;
  NetFilterEvent& operator=(const NetFilterEvent&) = delete;
  ~NetFilterEvent() = default;

  NetFilterEvent& operator=(Handler handler) {
    auto next = handler ? std::make_shared<const Handler>(std::move(handler)) : nullptr;
    const std::lock_guard lock{mutex_};
    std::swap(handler_, next);
    changes_.fetch_add(1, std::memory_order_release);
    return *this;
  }
  /// Null if there is none.
  [[nodiscard]] std::shared_ptr<const Handler> current() const {
    const std::lock_guard lock{mutex_};
    return handler_;
  }
  /// How often it was set.
  [[nodiscard]] std::uint64_t changes() const noexcept {
    return changes_.load(std::memory_order_acquire);
  }

 private:
  mutable std::mutex mutex_{};
  std::shared_ptr<const Handler> handler_{};
  std::atomic<std::uint64_t> changes_{0};
};

}  // namespace weir::compat
