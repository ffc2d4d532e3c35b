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

  /// A dump is what tcpdump -xx, tshark -x, text2pcap, xxd, hexdump -C and od -Ax -tx1 write or
  /// read: lines that begin with an offset in hexadecimal (three digits or more, as "0000",
  /// "0x0010:"), of any length. An offset of 0 begins a frame; "*" stands for lines that are equal
  /// to the one before; what stands behind the bytes, and lines without an offset, mean nothing;
  /// nor does what tshark has put together, headed as that. Words of two bytes, as hexdump and od
  /// have them without options, are trouble. Where no line has an offset of 0 there is a frame a
  /// line: pairs of digits, with blanks, ':', '-', ',' or "0x" between them or not; empty lines and
  /// those that begin with '#' mean nothing. So are lines of groups as long as the first one ("0000
  /// 5e00 5301"), unless the second line begins where the first one ends.
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
  /// Of the frame that is being read.
  WEIR_PRIVATE void shorten(std::size_t size);
  /// Its bytes from `row` on, over and over, up to `end`.
  WEIR_PRIVATE void repeat(std::size_t row, std::size_t end);

  std::vector<std::uint8_t> bytes_;
  /// Of each frame, within the bytes.
  std::vector<std::size_t> ends_;
  std::optional<Trouble> trouble_;
};

}  // namespace weir::inject
