// Numbered datagrams, so many a second on each way, and what became of each.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "sys/file_descriptor.h"

namespace weir::test {

/// CLOCK_MONOTONIC, nanoseconds.
using Moment = std::int64_t;
[[nodiscard]] Moment now() noexcept;

/// What a datagram of the streams carries.
struct StreamPayload {
  std::uint64_t number = 0;
  /// Not 0 once a gate's handler has seen it.
  std::uint8_t stamp = 0;
  std::array<std::uint8_t, 247> padding{};
};
static_assert(sizeof(StreamPayload) == 256);

/// From one connected UDP socket to another.
struct Way {
  struct Ends {
    sys::FileDescriptor near;
    sys::FileDescriptor far;
  };
  std::shared_ptr<const Ends> ends{};
  int from = -1;
  int to = -1;
};

struct Sent {
  Moment sent = 0;
  /// 0: never.
  Moment arrived = 0;
  bool stamped = false;
};

/// Of the datagrams sent in some time.
struct Figures {
  std::size_t sent = 0;
  std::size_t delivered = 0;
  std::size_t stamped = 0;
  /// The longest time from the sending of one until anything arrived, milliseconds; without that in
  /// which the sender was kept from sending, too.
  double longest_gap = 0;
  /// When that began.
  Moment gap_from = 0;

  [[nodiscard]] std::size_t lost() const noexcept { return sent - delivered; }
  [[nodiscard]] std::size_t unstamped() const noexcept { return delivered - stamped; }
  [[nodiscard]] double share() const noexcept {
    return sent == 0 ? 0 : static_cast<double>(delivered) / static_cast<double>(sent);
  }
};

struct Period {
  Moment from = 0;
  Moment to = INT64_MAX;
};

[[nodiscard]] Figures figures_of(std::span<const Sent> way, Period period = {});

class Streams {
 public:
  explicit Streams(std::vector<Way> ways, unsigned rate = 1'000);
  Streams(const Streams&) = delete;
  Streams& operator=(const Streams&) = delete;
  ~Streams() { finish(); }

  /// Sends no more, and waits until nothing has come for a while. Afterwards the rest may be asked.
  void finish();

  [[nodiscard]] std::size_t count() const noexcept { return ways_.size(); }
  [[nodiscard]] std::span<const Sent> way(std::size_t number) const { return sent_[number]; }
  /// Of all ways, each for itself: the sums, and the longest gap of any.
  [[nodiscard]] Figures figures(Period period = {}) const;

 private:
  void send() noexcept;
  void receive() noexcept;
  void take(std::size_t way) noexcept;

  std::vector<Way> ways_;
  Moment step_;
  std::size_t most_;
  std::vector<std::vector<Sent>> sent_;
  std::atomic<bool> ends_{false};
  std::atomic<bool> sent_all_{false};
  std::thread sender_;
  std::thread receiver_;
};

}  // namespace weir::test
