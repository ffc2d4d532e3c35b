// The option lists at the end of pcapng blocks, and what they say about sections, interfaces,
// statistics and packets.
#pragma once

#include <optional>
#include <string_view>

#include "savefile/format_reader.h"
#include "savefile/tick_clock.h"

namespace weir::savefile {

/// One option: its code and its value without padding.
struct PcapngOption {
  std::uint16_t code = 0;
  Bytes value{};
};

/// The characters of a value; some writers count a final NUL.
[[nodiscard]] std::string_view text_of(Bytes value) noexcept;

/// Walks an option list; a list that contradicts itself ends early.
class PcapngOptions {
 public:
  PcapngOptions(Bytes list, ByteOrder order) noexcept : rest_{list}, order_{order} {}

  /// False at opt_endofopt, at the end of the list, or where a length leads out of it.
  bool next(PcapngOption& option) noexcept;

  /// What next() has not passed yet.
  [[nodiscard]] Bytes rest() const noexcept { return rest_; }
  /// Once next() was false: whether it met the end mark, which starts rest().
  [[nodiscard]] bool at_end_mark() const noexcept {
    return rest_.size() >= 4 && load_as<std::uint16_t>(order_, rest_.data()) == 0;
  }

 private:
  Bytes rest_;
  ByteOrder order_;
};

/// `options` of a section header.
[[nodiscard]] Section read_section(Bytes options, ByteOrder order);

/// What an interface description block says.
struct PcapngInterface {
  Interface description;
  TickClock clock;
  PacketFlags flags = PacketFlags::none;
};

/// `body` is that of an IDB, at least eight bytes.
[[nodiscard]] PcapngInterface read_interface(Bytes body, ByteOrder order);

/// `body` is that of an ISB, at least twelve bytes; the interface's index is left to the caller.
/// None if its time is out of range.
[[nodiscard]] std::optional<InterfaceStatistics> read_statistics(Bytes body, ByteOrder order,
                                                                 const TickClock& clock);

/// epb_flags among the options of a packet block.
struct PcapngPacketFlags {
  Direction direction = Direction::unknown;
  PacketFlags flags = PacketFlags::none;
};
[[nodiscard]] PcapngPacketFlags read_packet_flags(Bytes options, ByteOrder order) noexcept;

}  // namespace weir::savefile
