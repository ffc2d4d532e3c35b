// PACKET_RX_RING and mmap behind PacketRing.
#include "sys/packet_ring.h"

#include <sys/mman.h>
#include <sys/socket.h>

#include <cerrno>

#include "weir/error.h"

namespace weir::sys {
namespace {

template <class T>
void set(const PacketSocket& socket, int option, const T& value) {
  if (::setsockopt(socket.descriptor().number(), SOL_PACKET, option, &value, sizeof value) != 0) {
    throw SystemError{errno, "make a ring for packets"};
  }
}

}  // namespace

PacketRing::PacketRing(const PacketSocket& socket, const RingShape& shape)
    : block_size_{shape.block_size}, blocks_{shape.blocks} {
  set(socket, PACKET_VERSION, int{TPACKET_V3});
  set(socket, PACKET_RESERVE, shape.headroom);
  tpacket_req3 request{};
  request.tp_block_size = static_cast<std::uint32_t>(block_size_);
  request.tp_block_nr = static_cast<std::uint32_t>(blocks_);
  // Frames of a block have the size they need; this only has to be plausible.
  request.tp_frame_size = request.tp_block_size;
  request.tp_frame_nr = request.tp_block_nr;
  request.tp_retire_blk_tov = shape.retire_milliseconds;
  set(socket, PACKET_RX_RING, request);
  const std::size_t size = block_size_ * blocks_;
  void* const memory =
      ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, socket.descriptor().number(), 0);
  if (memory == MAP_FAILED) throw SystemError{errno, "map a ring for packets"};
  memory_ = {static_cast<std::uint8_t*>(memory), size};
}

PacketRing::~PacketRing() { ::munmap(memory_.data(), memory_.size()); }

void PacketRing::give_back() noexcept {
  auto& header = block(front_).hdr.bh1;
  // The kernel does that when it opens the block, which is later where the ring was full; filling()
  // must not see the old number.
  header.num_pkts = 0;
  __atomic_store_n(&header.block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
  front_ = front_ + 1 == blocks_ ? 0 : front_ + 1;
}

std::size_t PacketRing::ready_blocks() const noexcept {
  std::size_t count = 0;
  while (count < blocks_ && handed_over((front_ + count) % blocks_)) ++count;
  return count;
}

bool PacketRing::filling() const noexcept {
  return __atomic_load_n(&block(front_).hdr.bh1.num_pkts, __ATOMIC_ACQUIRE) != 0;
}

}  // namespace weir::sys
