// Takes records out of the ring: a worker in batches, the clock in its stead when it is late.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <span>

#include "gate/kernel/layout.h"
#include "sys/ring_buffer.h"
#include "weir/bytes.h"
#include "weir/packet.h"

namespace weir::gate {

/// One record of a ring.
struct TakenRecord {
  Record record;
  Bytes frame;
};

/// As the ring has it: checksums may be unfinished, and it has no time.
[[nodiscard]] Packet packet_of(const TakenRecord& taken) noexcept;

class Intake {
 public:
  static constexpr std::size_t batch_size = 64;

  explicit Intake(sys::RingBuffer& ring) noexcept : ring_{ring} {}

  /// The worker's: at most batch_size records, which stay until finish().
  [[nodiscard]] std::span<const TakenRecord> take() noexcept;
  void finish() noexcept;
  /// As with a batch of none: the worker does something else, until finish().
  void step_away() noexcept;

  /// The clock's: hands records from before `deadline` (Record::when) to `decide`, and calls `end`
  /// when it is through, which must be done with their bytes when it returns; only while the worker
  /// is busy with a batch.
  template <class Decide, class End>
  void relieve(std::uint64_t deadline, Decide&& decide, End&& end) {
    const std::lock_guard lock{mutex_};
    while (is_busy_ && peek() && waiting_.record.when <= deadline) {
      decide(waiting_);
      has_waiting_ = false;
    }
    end();
  }

  /// Whether there is something to take.
  [[nodiscard]] bool has_more() noexcept;

  /// Whether nothing is left, and nobody is busy with anything.
  [[nodiscard]] bool is_idle() noexcept {
    const std::lock_guard lock{mutex_};
    return !is_busy_ && !peek();
  }

 private:
  [[nodiscard]] bool peek() noexcept;

  sys::RingBuffer& ring_;
  std::mutex mutex_{};
  std::array<TakenRecord, batch_size> batch_{};
  TakenRecord waiting_{};
  bool has_waiting_ = false;
  bool is_busy_ = false;
};

}  // namespace weir::gate
