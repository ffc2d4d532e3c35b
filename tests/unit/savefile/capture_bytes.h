// Writes small captures into memory, field by field, right or wrong on purpose.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "weir/error.h"
#include "weir/savefile/reader.h"

namespace weir::test {

/// Bytes in a chosen byte order.
class CaptureBytes {
 public:
  explicit CaptureBytes(savefile::ByteOrder order = savefile::ByteOrder::little) : order_{order} {}

  CaptureBytes& u8(std::uint8_t value) {
    bytes_.push_back(value);
    return *this;
  }
  CaptureBytes& u16(std::uint16_t value) { return integer(value, 2); }
  CaptureBytes& u32(std::uint32_t value) { return integer(value, 4); }
  CaptureBytes& u64(std::uint64_t value) { return integer(value, 8); }
  CaptureBytes& text(std::string_view characters) {
    bytes_.insert(bytes_.end(), characters.begin(), characters.end());
    return *this;
  }
  CaptureBytes& pad() {
    while (bytes_.size() % 4 != 0) u8(0);
    return *this;
  }

  CaptureBytes& pcap_header(std::uint32_t magic = 0xa1b2c3d4, std::uint32_t link_type = 1,
                            std::uint16_t major = 2, std::uint16_t minor = 4) {
    return u32(magic).u16(major).u16(minor).u32(0).u32(0).u32(65535).u32(link_type);
  }
  /// A record holding `data`, as long on the wire unless said otherwise.
  CaptureBytes& record(std::uint32_t seconds, std::uint32_t fraction, std::string_view data,
                       std::uint32_t wire = 0) {
    const auto size = static_cast<std::uint32_t>(data.size());
    return u32(seconds).u32(fraction).u32(size).u32(wire == 0 ? size : wire).text(data);
  }

  /// A pcapng block around what `body` writes; its lengths are right.
  CaptureBytes& block(std::uint32_t type, const std::function<void(CaptureBytes&)>& body) {
    CaptureBytes inner{order_};
    body(inner);
    inner.pad();
    const auto total = static_cast<std::uint32_t>(inner.bytes_.size() + 12);
    u32(type).u32(total);
    bytes_.insert(bytes_.end(), inner.bytes_.begin(), inner.bytes_.end());
    return u32(total);
  }
  CaptureBytes& option(std::uint16_t code, std::string_view value) {
    return u16(code).u16(static_cast<std::uint16_t>(value.size())).text(value).pad();
  }
  CaptureBytes& option_u32(std::uint16_t code, std::uint32_t value) {
    return u16(code).u16(4).u32(value);
  }
  CaptureBytes& option_u64(std::uint16_t code, std::uint64_t value) {
    return u16(code).u16(8).u64(value);
  }
  /// Two halves, the upper first.
  CaptureBytes& option_time(std::uint16_t code, std::uint64_t ticks) {
    u16(code).u16(8).u32(static_cast<std::uint32_t>(ticks >> 32));
    return u32(static_cast<std::uint32_t>(ticks));
  }
  CaptureBytes& section(
      std::uint16_t minor = 0,
      const std::function<void(CaptureBytes&)>& options = [](CaptureBytes&) {}) {
    return block(0x0a0d0d0a, [&](CaptureBytes& body) {
      body.u32(0x1a2b3c4d).u16(1).u16(minor).u64(~std::uint64_t{0});
      options(body);
    });
  }
  CaptureBytes& statistics(
      std::uint32_t interface, std::uint64_t ticks,
      const std::function<void(CaptureBytes&)>& options = [](CaptureBytes&) {}) {
    return block(5, [&](CaptureBytes& body) {
      body.u32(interface).u32(static_cast<std::uint32_t>(ticks >> 32));
      body.u32(static_cast<std::uint32_t>(ticks));
      options(body);
    });
  }
  CaptureBytes& interface(
      std::uint16_t link_type = 1, std::uint32_t snapshot_length = 0,
      const std::function<void(CaptureBytes&)>& options = [](CaptureBytes&) {}) {
    return block(1, [&](CaptureBytes& body) {
      body.u16(link_type).u16(0).u32(snapshot_length);
      options(body);
    });
  }
  CaptureBytes& enhanced(
      std::uint32_t interface, std::uint64_t ticks, std::string_view data, std::uint32_t wire = 0,
      const std::function<void(CaptureBytes&)>& options = [](CaptureBytes&) {}) {
    return block(6, [&](CaptureBytes& body) {
      const auto size = static_cast<std::uint32_t>(data.size());
      body.u32(interface).u32(static_cast<std::uint32_t>(ticks >> 32));
      body.u32(static_cast<std::uint32_t>(ticks)).u32(size).u32(wire == 0 ? size : wire);
      body.text(data).pad();
      options(body);
    });
  }

  [[nodiscard]] const std::vector<std::uint8_t>& bytes() const { return bytes_; }
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  std::uint8_t& operator[](std::size_t index) { return bytes_[index]; }

 private:
  CaptureBytes& integer(std::uint64_t value, unsigned size) {
    for (unsigned i = 0; i < size; ++i) {
      const unsigned place = order_ == savefile::ByteOrder::little ? i : size - 1 - i;
      u8(static_cast<std::uint8_t>(value >> (8 * place)));
    }
    return *this;
  }

  savefile::ByteOrder order_;
  std::vector<std::uint8_t> bytes_;
};

/// A copy of a Block.
struct OwnedBlock {
  std::uint32_t type = 0;
  std::vector<std::uint8_t> body;
  bool big_endian = false;
  /// Packets handed out before its batch.
  std::size_t packets_before = 0;
};

/// What reading a capture to its end gave: copies of the packets, and the error if there was one.
struct Outcome {
  std::vector<OwnedPacket> packets;
  std::vector<OwnedBlock> blocks;
  std::vector<Interface> interfaces;
  std::vector<std::shared_ptr<const Section>> sections;
  std::vector<InterfaceStatistics> statistics;
  savefile::ReaderCounts counts;
  ErrorCode error{};  // 0: none
  std::uint64_t offset = 0;
  std::string message;

  [[nodiscard]] bool complete() const { return error == ErrorCode{}; }
  [[nodiscard]] const Packet& at(std::size_t index) const { return packets.at(index).packet(); }
  [[nodiscard]] std::string text(std::size_t index) const {
    return {at(index).data.begin(), at(index).data.end()};
  }
  [[nodiscard]] std::int64_t time(std::size_t index) const {
    return at(index).timestamp.time_since_epoch().count();
  }
};

/// Makes a reader by calling `open`, reads everything, and expects `end` afterwards.
[[nodiscard]] Outcome read_all(const std::function<savefile::Reader()>& open);
[[nodiscard]] Outcome read_memory(Bytes bytes, savefile::ReaderOptions options = {});
/// The same through a pipe whose writer sends `bytes` in pieces of `piece` bytes and closes it.
[[nodiscard]] Outcome read_pipe(Bytes bytes, std::size_t piece,
                                savefile::ReaderOptions options = {});
/// One or more gzip members, one for each part.
[[nodiscard]] std::vector<std::uint8_t> gzip(const std::vector<Bytes>& parts);
/// One or more frames, one for each part, none of which is empty.
[[nodiscard]] std::vector<std::uint8_t> packed(savefile::Compression compression,
                                               const std::vector<Bytes>& parts);

}  // namespace weir::test
