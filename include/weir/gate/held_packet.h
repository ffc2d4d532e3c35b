// A packet the gate holds: it waits in memory for its verdict.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "weir/api.h"
#include "weir/bytes.h"
#include "weir/error.h"
#include "weir/packet.h"

namespace weir::gate {

class Slot;

/// What became of a verdict.
enum class VerdictResult : std::uint8_t {
  taken,
  late,      ///< the packet had been decided before: by another verdict, or by its deadline
  snapped,   ///< only part of the packet is shown, so it cannot be modified; still undecided
  too_long,  ///< longer than the adapter takes; decided by Policies::too_long
};
/// "taken", "late", ...
[[nodiscard]] WEIR_API const char* name(VerdictResult result) noexcept;

/// Whether the verdict also holds for what follows of the packet's flow (its addresses, ports and
/// protocol, both directions, on this adapter): those pass or drop in the kernel without being
/// held. Of TCP and UDP that is not fragmented. A flow the table has no room for is asked about
/// again.
enum class RestOfFlow : std::uint8_t { ask, same };

/// What accept_modified() does to checksums: as the handler left them, or all filled in anew, with
/// the lengths of IP and UDP.
enum class Repair : std::uint8_t { none, checksums };

/// One packet that waits. Movable; as long as it lives and is undecided the packet is held, until
/// its deadline. Each may be used by one thread at a time, different ones by different threads; it
/// may outlive its batch, its handler and the gate's stop() (where all that is undecided has been
/// decided by policy). Destroying one undecided follows Policies::undecided.
class WEIR_API HeldPacket {
 public:
  HeldPacket(HeldPacket&& other) noexcept;
  HeldPacket& operator=(HeldPacket&& other) noexcept;
  HeldPacket(const HeldPacket&) = delete;
  HeldPacket& operator=(const HeldPacket&) = delete;
  ~HeldPacket();

  /// As the wire would carry it: checksums finished, one segment unless they are kept together
  /// (PacketFlags::several_segments). Its bytes, as many as the snapshot length shows, its time (by
  /// the wall clock), length, link type and direction. Borrows: valid as long as this lives and is
  /// not moved or edited. interface_index is the adapter's ifindex.
  [[nodiscard]] const Packet& packet() const noexcept;
  /// The adapter's name when the gate came to it.
  [[nodiscard]] const std::string& adapter() const noexcept;
  /// The id of the rule that held it.
  [[nodiscard]] const std::string& rule() const noexcept;
  /// Where its IP header begins, if it has one.
  [[nodiscard]] std::optional<std::size_t> ip_offset() const noexcept;
  /// Bytes from its IP header to the end of the datagram, those not shown included; 0 if none.
  [[nodiscard]] std::size_t ip_size() const noexcept;
  /// Whether more of it is held than packet() shows.
  [[nodiscard]] bool is_truncated() const noexcept;
  /// Of one that stands for several segments, the payload bytes of each; otherwise 0.
  [[nodiscard]] std::uint16_t segment_size() const noexcept;

  /// The packet's bytes in memory of their own, to be changed in place; at first as packet() has
  /// them, at most `room` more behind them for resize(). packet() shows these from now on. Empty
  /// for a truncated packet, once it goes on as edited, and where there is no memory. Allocates
  /// only for packets longer than any before.
  [[nodiscard]] MutableBytes edit(std::size_t room = 256) noexcept;
  /// Makes the edited packet longer or shorter; what is added are zeros. Returns the bytes; empty,
  /// and nothing changed, beyond the room that edit() gave, and where edit() gives none.
  /// Precondition: edit() was called.
  [[nodiscard]] MutableBytes resize(std::size_t length) noexcept;

  [[nodiscard]] bool is_decided() const noexcept;
  /// How long it may still be held, never negative; nothing if for ever.
  [[nodiscard]] std::optional<Duration> time_left() const noexcept;
  /// From now on. False if it has been decided.
  bool extend(Duration duration) noexcept;

  /// It goes on as it came.
  VerdictResult accept(RestOfFlow rest = RestOfFlow::ask) noexcept;
  /// It goes on as edited, byte by byte unless it is repaired.
  VerdictResult accept_modified(Repair repair = Repair::none,
                                RestOfFlow rest = RestOfFlow::ask) noexcept;
  /// It vanishes.
  VerdictResult drop(RestOfFlow rest = RestOfFlow::ask) noexcept;

 private:
  friend class Slot;
  explicit HeldPacket(Slot& slot) noexcept : slot_{&slot} {}
  Slot* slot_;
};

}  // namespace weir::gate
