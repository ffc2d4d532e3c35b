// Frames written as hexadecimal text: dumps with offsets, or a line of digits each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "weir/api.h"
#include "weir/packet.h"

namespace weir::inject {

/// The frames of a text. Movable; const calls from several threads at once.
class WEIR_API HexText {
 public:
  /// What does not belong there: from its line on nothing was read.
  struct Trouble {
    /// From 1.
    std::size_t line = 0;
    /// Bytes before that line.
    std::size_t offset = 0;
    std::string what{};
  };

  /// A dump is what tcpdump -xx, tshark -x, text2pcap, xxd and hexdump -C write or read: lines that
  /// begin with an offset in hexadecimal (three digits or more, as "0000", "0x0010:") and have up
  /// to 16 bytes. An offset of 0 begins a frame; what stands behind the bytes, and lines without an
  /// offset, mean nothing. A text without a line of offset 0 has a frame a line: pairs of digits,
  /// with blanks, ':', '-', ',' or "0x" between them or not; empty lines and those that begin with
  /// '#' mean nothing.
  explicit HexText(std::string_view text);
  HexText(HexText&&) noexcept = default;
  HexText& operator=(HexText&&) noexcept = default;
  HexText(const HexText&) = delete;
  HexText& operator=(const HexText&) = delete;
  ~HexText() = default;

  /// Whole frames, in their order.
  [[nodiscard]] std::size_t size() const noexcept { return ends_.size(); }
  /// As packets of this link type, without a time. Borrows the bytes: valid as long as this lives.
  [[nodiscard]] std::vector<Packet> packets(LinkType link_type) const;
  [[nodiscard]] const std::optional<Trouble>& trouble() const noexcept { return trouble_; }

 private:
  WEIR_PRIVATE void read_dump(std::string_view text);
  WEIR_PRIVATE void read_lines(std::string_view text);
  /// What came since the last frame is one.
  WEIR_PRIVATE void end_frame();
  [[nodiscard]] WEIR_PRIVATE std::size_t frame_size() const noexcept;

  std::vector<std::uint8_t> bytes_;
  /// Of each frame, within the bytes.
  std::vector<std::size_t> ends_;
  std::optional<Trouble> trouble_;
};

}  // namespace weir::inject
