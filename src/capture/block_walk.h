// From a block of the kernel's ring to packets.
#pragma once

#include <cstdint>
#include <span>

#include "sys/packet_ring.h"
#include "weir/filter/filter.h"
#include "weir/packet.h"

namespace weir::capture {

/// How packets are looked at; may change between two calls.
struct WalkOptions {
  LinkType link_type = LinkType::ethernet;
  std::uint32_t interface_index = 0;
  std::uint32_t snapshot_length = 0;
  bool want_in = true;
  bool want_out = true;
  /// A LINUX_SLL2 header is to be written before each packet.
  bool cooked = false;
  /// Decide on every packet, not only on those whose VLAN tag was put back.
  bool decide_all = false;
  /// Decide on those that are whole: the kernel cut the others, on which it had decided.
  bool decide_whole = false;
  const filter::Filter* filter = nullptr;
};

/// Bytes a ring has to leave free before each packet: for a VLAN tag, or a cooked header and one.
[[nodiscard]] std::uint32_t headroom(bool cooked) noexcept;

/// Goes through a block once: writing headers and tags back into it cannot be repeated.
class BlockWalk {
 public:
  BlockWalk() = default;
  explicit BlockWalk(sys::PacketRing::Block block) noexcept
      : at_{block.first}, left_{block.packets} {}

  [[nodiscard]] bool at_end() const noexcept { return left_ == 0; }

  struct Taken {
    std::size_t kept = 0;
    std::size_t refused = 0;
  };
  /// Describes the next packets at the front of `to`, leaving out those refused: as many as there
  /// are, at most to.size() kept and refused together.
  Taken next(std::span<Packet> to, const WalkOptions& options) noexcept;

 private:
  std::uint8_t* at_ = nullptr;
  std::uint32_t left_ = 0;
};

}  // namespace weir::capture
