// Scripts one TCP connection as it looks at the client's end of the line.
#pragma once

#include <array>
#include <cstdint>

#include "plan.h"
#include "random.h"

namespace bench {

class TcpScript {
 public:
  /// A connection of the newest conversation in plan.
  TcpScript(Plan& plan, Random& random, std::uint64_t start_us);

  void open();
  /// A SYN repeated after 1 s and 3 s that nobody answers.
  void knock_in_vain();
  /// A SYN answered with RST.
  void knock_refused();
  /// Sends bytes in segments, with the acknowledgements they cause; `first` is what the first
  /// segment carries and `rest` the others.
  void send(Side side, std::uint32_t bytes, Content first, Content rest);
  void think(std::uint64_t us) noexcept { now_ += us; }
  /// FIN from `side`, then from the other one.
  void finish(Side side);
  void reset(Side side);

 private:
  std::uint32_t& sent(Side side) noexcept { return sent_[static_cast<std::size_t>(side)]; }
  void control(Side side, std::uint8_t flags, std::uint64_t time_us);
  void data(Side side, std::uint32_t length, Content content, std::uint32_t detail, bool push);
  /// Until the other side's packet is seen here.
  [[nodiscard]] std::uint64_t turnaround(Side answering) noexcept;

  Plan& plan_;
  Random& random_;
  std::uint64_t now_;
  std::uint32_t rtt_us_;
  std::uint32_t segment_size_;
  std::array<std::uint32_t, 2> sent_{};
};

}  // namespace bench
