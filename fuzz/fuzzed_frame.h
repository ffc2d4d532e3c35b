// A frame of any link type out of a fuzzer's bytes, for the targets that take packets.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>

#include "weir/packet.h"

/// Four octets, little endian, then the frame: link type (the highest bit: it has its FCS) and by
/// how much the wire length differs from the captured one.
class FuzzedFrame {
 public:
  static constexpr std::size_t prefix = 4;

  /// Precondition: input.size() >= prefix.
  explicit FuzzedFrame(weir::Bytes input) {
    const std::size_t length = input.size() - prefix;
    // A heap block of exactly the frame's size: the sanitizer sees a read one byte past it.
    bytes_ = std::make_unique_for_overwrite<std::uint8_t[]>(length);
    std::copy_n(input.data() + prefix, length, bytes_.get());
    const auto link = weir::load_le<std::uint16_t>(input.data());
    const auto cut = static_cast<std::int16_t>(weir::load_le<std::uint16_t>(input.data() + 2));
    packet_.data = {bytes_.get(), length};
    packet_.wire_length = static_cast<std::uint32_t>(
        std::max<std::int64_t>(0, static_cast<std::int64_t>(length) + cut));
    packet_.link_type = weir::LinkType{static_cast<std::uint16_t>(link & 0x7fff)};
    if ((link & 0x8000) != 0) packet_.flags = weir::PacketFlags::has_fcs;
  }

  /// Borrows from this object.
  [[nodiscard]] const weir::Packet& packet() const noexcept { return packet_; }

 private:
  std::unique_ptr<std::uint8_t[]> bytes_;
  weir::Packet packet_;
};
