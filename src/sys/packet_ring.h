// Memory the kernel writes packets into: blocks of a TPACKET_V3 ring.
#pragma once

#include <linux/if_packet.h>

#include <cstddef>
#include <cstdint>

#include "sys/packet_socket.h"
#include "weir/bytes.h"

namespace weir::sys {

struct RingShape {
  /// A multiple of the page size.
  std::size_t block_size = 0;
  /// At least 2.
  std::size_t blocks = 0;
  /// A block with packets is handed over after once to twice this long.
  std::uint32_t retire_milliseconds = 1;
  /// Bytes free before each packet.
  std::uint32_t headroom = 0;
};

/// Blocks go round: the kernel fills one, hands it over, goes on with the next. Those that were
/// handed over are walked from the oldest on and given back in that order.
class PacketRing {
 public:
  /// Of a socket that is not bound yet. Throws SystemError; system_code() is ENOMEM where memory
  /// does not suffice.
  PacketRing(const PacketSocket& socket, const RingShape& shape);
  PacketRing(const PacketRing&) = delete;
  PacketRing& operator=(const PacketRing&) = delete;
  ~PacketRing();

  /// Whether the oldest block has been handed over.
  [[nodiscard]] bool ready() const noexcept { return handed_over(front_); }

  /// The headers of a block stand one after another, tp_next_offset apart.
  struct Block {
    std::uint8_t* first = nullptr;
    std::uint32_t packets = 0;
  };
  /// Precondition: ready().
  [[nodiscard]] Block front() const noexcept {
    auto& header = block(front_).hdr.bh1;
    return {reinterpret_cast<std::uint8_t*>(&block(front_)) + header.offset_to_first_pkt,
            header.num_pkts};
  }

  /// Gives the oldest block back. Precondition: ready().
  void give_back() noexcept;

  /// How many blocks have been handed over and not given back.
  [[nodiscard]] std::size_t ready_blocks() const noexcept;
  /// Whether there are packets in the block the kernel is filling. Precondition: not ready().
  [[nodiscard]] bool filling() const noexcept;

 private:
  [[nodiscard]] tpacket_block_desc& block(std::size_t index) const noexcept {
    return *reinterpret_cast<tpacket_block_desc*>(memory_.data() + index * block_size_);
  }
  [[nodiscard]] bool handed_over(std::size_t index) const noexcept {
    // Acquire: the packets are read after the status.
    return (__atomic_load_n(&block(index).hdr.bh1.block_status, __ATOMIC_ACQUIRE) &
            TP_STATUS_USER) != 0;
  }

  MutableBytes memory_{};
  std::size_t block_size_;
  std::size_t blocks_;
  std::size_t front_ = 0;
};

}  // namespace weir::sys
