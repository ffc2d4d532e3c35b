// The option lists of pcapng blocks that are written (draft-ietf-opsawg-pcapng 3.5).
#pragma once

#include <string_view>
#include <vector>

#include "savefile/tick_clock.h"
#include "weir/packet.h"
#include "weir/source.h"

namespace weir::savefile {

/// Builds an option list, little-endian.
class PcapngOptionList {
 public:
  void add(std::uint16_t code, Bytes value);
  /// Left out if empty.
  void add(std::uint16_t code, std::string_view text);
  void add(std::uint16_t code, std::uint32_t value);
  void add(std::uint16_t code, std::uint64_t value);

  /// The list with its end mark; empty if nothing was added.
  [[nodiscard]] std::vector<std::uint8_t> finish() &&;

 private:
  std::vector<std::uint8_t> bytes_;
};

/// The lists as they were read, or made of the fields.
[[nodiscard]] std::vector<std::uint8_t> options_of(const Section& section);
[[nodiscard]] std::vector<std::uint8_t> options_of(const Interface& interface);
[[nodiscard]] std::vector<std::uint8_t> options_of(const InterfaceStatistics& statistics,
                                                   const TickClock& clock);

/// The clock that the options of options_of() tell readers. Throws Error (invalid_argument) if the
/// ticks per second are no power of ten or two.
[[nodiscard]] TickClock clock_of(const Interface& interface);

/// epb_flags of a packet that has no options of its own; 0 if there is nothing to say that its
/// interface does not.
[[nodiscard]] std::uint32_t packet_flags_word(const Packet& packet,
                                              const Interface& interface) noexcept;

}  // namespace weir::savefile
