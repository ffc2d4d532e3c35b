// Frames and captures in memory for the loops.
#include "frames.h"

#include <chrono>

#include "weir/bytes.h"

namespace bench {
namespace {

constexpr std::size_t payload_size = 100;

class Builder {
 public:
  Builder& u8(unsigned value) {
    frame_.push_back(static_cast<std::uint8_t>(value));
    return *this;
  }
  Builder& u16(unsigned value) { return u8(value >> 8 & 0xff).u8(value & 0xff); }
  Builder& u32(std::uint32_t value) { return u16(value >> 16).u16(value & 0xffff); }
  Builder& zeros(std::size_t count) {
    frame_.resize(frame_.size() + count);
    return *this;
  }
  Builder& ethernet(unsigned type) {
    return u32(0x02000000).u16(1).u32(0x02000000).u16(2).u16(type);
  }
  Builder& ipv4(unsigned protocol, std::size_t length, std::uint32_t host) {
    u16(0x4500).u16(static_cast<unsigned>(20 + length)).u32(0x00004000);
    return u8(64).u8(protocol).u16(0).u32(0xc6120000 + host).u32(0xc6130001);
  }
  Builder& udp(unsigned port, std::size_t length) {
    return u16(40000).u16(port).u16(static_cast<unsigned>(8 + length)).u16(0);
  }
  Builder& append(const Frame& inner) {
    frame_.insert(frame_.end(), inner.begin(), inner.end());
    return *this;
  }
  Frame take() { return std::move(frame_); }

 private:
  Frame frame_;
};

}  // namespace

Frame tcp_on_ipv4(std::uint32_t flow) {
  Builder builder;
  builder.ethernet(0x0800).ipv4(6, 20 + payload_size, flow & 0xffff);
  builder.u16(1024 + (flow >> 16)).u16(443).u32(1).u32(1).u16(0x5010).u16(502).u32(0);
  return builder.zeros(payload_size).take();
}

Frame udp_on_ipv6(std::uint64_t high, std::uint64_t low) {
  Builder builder;
  builder.ethernet(0x86dd).u32(0x60000000).u16(8).u8(17).u8(64);
  for (const std::uint64_t word : {high, low, ~std::uint64_t{0}, ~std::uint64_t{0}}) {
    builder.u32(static_cast<std::uint32_t>(word >> 32)).u32(static_cast<std::uint32_t>(word));
  }
  return builder.udp(41000, 0).take();
}

Frame udp_on_ipv6_in_vlan() {
  Builder builder;
  builder.ethernet(0x8100).u16(100).u16(0x86dd);
  builder.u32(0x60000000).u16(8 + payload_size).u8(17).u8(64);
  builder.u32(0x20010db8).zeros(11).u8(1).u32(0x20010db8).zeros(11).u8(2);
  return builder.udp(41000, payload_size).zeros(payload_size).take();
}

Frame tcp_in_vxlan() {
  const Frame inner = tcp_on_ipv4();
  Builder builder;
  builder.ethernet(0x0800).ipv4(17, 16 + inner.size(), 0).udp(4789, 8 + inner.size());
  return builder.u32(0x08000000).u32(42 << 8).append(inner).take();
}

weir::Packet packet_of(const Frame& frame, std::int64_t microseconds) {
  return {.data = frame,
          .timestamp = weir::Timestamp{std::chrono::microseconds{microseconds}},
          .wire_length = static_cast<std::uint32_t>(frame.size())};
}

std::vector<std::uint8_t> pcap_of(std::span<const Frame> frames, std::size_t packets) {
  std::vector<std::uint8_t> file;
  const auto put = [&file](std::uint32_t value) {
    std::uint8_t bytes[4];
    weir::store_be(bytes, value);
    file.insert(file.end(), bytes, bytes + 4);
  };
  for (const std::uint32_t word : {0xa1b2c3d4U, 0x00020004U, 0U, 0U, 262144U, 1U}) put(word);
  for (std::size_t i = 0; i < packets; ++i) {
    const Frame& frame = frames[i % frames.size()];
    put(static_cast<std::uint32_t>(i / 1'000'000));
    put(static_cast<std::uint32_t>(i % 1'000'000));
    put(static_cast<std::uint32_t>(frame.size()));
    put(static_cast<std::uint32_t>(frame.size()));
    file.insert(file.end(), frame.begin(), frame.end());
  }
  return file;
}

}  // namespace bench
