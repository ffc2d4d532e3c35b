// One line of text per packet, as tcpdump prints it with -n.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "weir/api.h"
#include "weir/packet.h"
#include "weir/wire/decoders.h"
#include "weir/wire/layers.h"

namespace weir::print {

/// What stands before each line, in local time (TZ) where it is a time of day.
enum class TimeFormat : std::uint8_t {
  clock,        ///< 16:20:07.123456
  none,         ///< nothing (-t)
  epoch,        ///< seconds since 1970-01-01 00:00 UTC (-tt)
  delta,        ///< time since the packet before (-ttt)
  date,         ///< 2026-11-20 16:20:07.123456 (-tttt)
  since_first,  ///< time since the first packet (-ttttt)
};

/// The bytes below each line.
enum class Dump : std::uint8_t {
  none,
  hex,             ///< behind the link header (-x)
  hex_all,         ///< the link header too (-xx)
  hex_text,        ///< with printable characters beside (-X)
  hex_text_all,    ///< the same with the link header (-XX)
  characters,      ///< printable characters alone (-A)
  characters_all,  ///< the same with the link header (-AA)
};

struct PacketTextOptions {
  TimeFormat time = TimeFormat::clock;
  /// Nine digits of the second instead of six, which are rounded down.
  bool nanoseconds = false;
  /// Link-layer addresses and types (-e).
  bool link_header = false;
  /// 0 to 3: -v, -vv, -vvv.
  std::uint8_t verbosity = 0;
  /// Less about each packet (-q).
  bool quick = false;
  Dump dump = Dump::none;
  /// A packet number before each line (--number).
  bool number = false;
  /// TCP sequence numbers as they stand, not counted from the start of the connection (-S).
  bool absolute_sequence = false;
  /// TCP connections whose first sequence numbers are remembered; at the limit old ones make room,
  /// and start again from absolute numbers.
  std::size_t max_connections = 131'072;
  /// Keys the hash over connections.
  std::uint64_t hash_key = 0;
  /// Names the user's protocols, and decodes what ICMP errors quote.
  wire::Decoders decoders{};
};

/// Prints packets as `tcpdump -n` 4.99 does: byte for byte for Ethernet, ARP, IP, TCP, UDP, ICMP
/// and what else is known here; a TLS server name is added to the end of the line.
///
/// Text from the wire is escaped: nothing unprintable reaches the output. Not thread-safe: it
/// remembers TCP connections and the times of earlier packets.
class WEIR_API PacketText {
 public:
  explicit PacketText(const PacketTextOptions& options);
  PacketText(PacketText&&) noexcept;
  PacketText& operator=(PacketText&&) noexcept;
  ~PacketText();

  /// Appends the packet's line or lines, each with its newline. `layers` are decode()'s of this
  /// packet, with the decoders of the options. Allocates nothing once `out` has its capacity, but
  /// for connections not seen before. With an `interface` its name and the direction come first
  /// ("eth0  In  IP"), as they always do for packets that carry the index of theirs (link type
  /// LINUX_SLL2).
  void append(std::string& out, const Packet& packet, const wire::Layers& layers,
              std::string_view interface = {});

  /// Names an interface for packets that carry its index; that belongs to the capturing host.
  /// Without a name, "if3" stands in its place.
  void name_interface(std::uint32_t index, std::string name);

 private:
  struct WEIR_PRIVATE State;
  std::unique_ptr<State> state_;
};

}  // namespace weir::print
