// The option lists at the end of pcapng blocks, and what they say about interfaces and packets.
#pragma once

#include "savefile/format_reader.h"
#include "savefile/tick_clock.h"

namespace weir::savefile {

/// One option: its code and its value without padding.
struct PcapngOption {
  std::uint16_t code = 0;
  Bytes value{};
};

/// Walks an option list; a list that contradicts itself ends early.
class PcapngOptions {
 public:
  PcapngOptions(Bytes list, ByteOrder order) noexcept : rest_{list}, order_{order} {}

  /// False at opt_endofopt, at the end of the list, or where a length leads out of it.
  bool next(PcapngOption& option) noexcept;

 private:
  Bytes rest_;
  ByteOrder order_;
};

/// What an interface description block says.
struct PcapngInterface {
  Interface description;
  TickClock clock;
  PacketFlags flags = PacketFlags::none;
};

/// `body` is that of an IDB, at least eight bytes.
[[nodiscard]] PcapngInterface read_interface(Bytes body, ByteOrder order);

/// epb_flags among the options of a packet block.
struct PcapngPacketFlags {
  Direction direction = Direction::unknown;
  PacketFlags flags = PacketFlags::none;
};
[[nodiscard]] PcapngPacketFlags read_packet_flags(Bytes options, ByteOrder order) noexcept;

}  // namespace weir::savefile
