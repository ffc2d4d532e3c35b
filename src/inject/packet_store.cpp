// Copies packets into blocks of a mebibyte.
#include "weir/inject/packet_store.h"

#include <algorithm>

namespace weir::inject {
namespace {

constexpr std::size_t block_size = std::size_t{1} << 20;

}  // namespace

PacketStore::~PacketStore() = default;

std::uint8_t* PacketStore::room(std::size_t size) {
  if (size > free_size_) {
    const std::size_t wanted = std::max(size, block_size);
    blocks_.push_back(std::make_unique_for_overwrite<std::uint8_t[]>(wanted));
    free_ = blocks_.back().get();
    free_size_ = wanted;
  }
  std::uint8_t* const place = free_;
  free_ += size;
  free_size_ -= size;
  return place;
}

void PacketStore::write(std::span<const Interface> /*interfaces*/,
                        std::span<const Packet> packets) {
  for (const Packet& packet : packets) {
    const std::uint64_t beside = (packets_.size() + 1) * sizeof(Packet);
    is_full_ |= bytes_ + packet.data.size() + beside > limit_;
    if (is_full_) return;
    std::uint8_t* const place = room(packet.data.size());
    std::ranges::copy(packet.data, place);
    packets_.push_back(packet);
    packets_.back().data = {place, packet.data.size()};
    packets_.back().meta = nullptr;
    bytes_ += packet.data.size();
  }
}

void PacketStore::rotate() {
  if (packets_.size() != (ends_.empty() ? 0 : ends_.back())) ends_.push_back(packets_.size());
}

std::vector<std::span<const Packet>> PacketStore::files() const {
  std::vector<std::span<const Packet>> files;
  std::size_t begin = 0;
  for (const std::size_t end : ends_) {
    files.push_back(packets().subspan(begin, end - begin));
    begin = end;
  }
  if (begin < packets_.size()) files.push_back(packets().subspan(begin));
  return files;
}

SinkCounts PacketStore::counts() const noexcept {
  return {.packets = packets_.size(), .bytes = bytes_};
}

}  // namespace weir::inject
