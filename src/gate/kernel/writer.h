// Writes the steps that the gate's programs have in common.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "bpf/ebpf_assembler.h"
#include "bpf/ebpf_frame.h"
#include "gate/kernel/maps.h"
#include "gate/kernel/scratch.h"

namespace weir::gate {

/// TCX_NEXT, and TC_ACT_UNSPEC: on to the next program of the hook, and then the stack.
inline constexpr std::int32_t go_on_code = -1;

/// Offsets from r10 below what fragments use (bpf::ebpf::stack), 8 bytes each.
namespace stack {
inline constexpr int key = -bpf::ebpf_stack_used - 8;
inline constexpr int spare = key - 8;
/// The Record under construction, 64 bytes.
inline constexpr int record = spare - 64;
/// A FlowKey under construction, 48 bytes with what aligns it.
inline constexpr int flow = record - 48;
}  // namespace stack

/// Tags are taken from packet sockets alone, which take CAP_NET_RAW: any process may give datagrams
/// of its own a time of departure. To `other` for what none has sent; changes r1.
void expect_packet_socket(bpf::ebpf::Assembler& to, bpf::ebpf::Assembler::Label other,
                          bpf::ebpf::Register packet);

/// Where a field of the Record under construction is, from r10.
constexpr int record_field(std::size_t offset) noexcept {
  return stack::record + static_cast<int>(offset);
}

/// A number as two bytes of a packet read when they are loaded.
constexpr std::int32_t network_order(std::uint16_t value) noexcept {
  return std::endian::native == std::endian::little ? std::byteswap(value) : value;
}

/// r9 is the scratch value in all programs; r1 to r5 and r0 are undefined behind every step.
class Writer {
 public:
  using Label = bpf::ebpf::Assembler::Label;
  using Register = bpf::ebpf::Register;

  explicit Writer(const Maps& maps) : maps_{&maps} {}

  bpf::ebpf::Assembler to{};
  [[nodiscard]] const Maps& maps() const noexcept { return *maps_; }

  /// The first steps of a program that gets its packet in r1: keeps that and finds r9.
  void find_scratch();
  /// Those of a program that another one has gone on to: what fragments need besides, but for
  /// begin_filter().
  void resume();
  /// Before each fragment. The lengths come from memory again: what the verifier has learned of
  /// them on the paths through one filter it would follow through all that come behind.
  void begin_filter();
  /// r0 = the address of the value in an array, whose key is in `key`; to `absent` if there is
  /// none.
  void look_up(const sys::BpfMap& map, Register key, Label absent);
  /// The packet and its bytes have this fate.
  void count(HookFate fate);
  /// Adds a packet of `size` bytes, not r1, to the Tally at r0 + offset.
  void add_to_tally(int offset, Register size);
  /// r1 = the packet.
  void load_packet();

  void go_on();
  /// As if lost on the wire.
  void vanish();
  void end(bool passes) { passes ? go_on() : vanish(); }
  /// Goes on to the program of a slot; falls through where there is none.
  void continue_at(std::uint32_t slot);

  /// Throws Error (invalid_argument) if the program is too long for its jumps.
  [[nodiscard]] bpf::EbpfProgram take();

 private:
  const Maps* maps_;
};

}  // namespace weir::gate
