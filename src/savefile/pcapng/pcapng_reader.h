// pcapng files: sections of blocks, each with its own byte order and interfaces.
#pragma once

#include <vector>

#include "savefile/format_reader.h"
#include "savefile/pcapng/pcapng_descriptions.h"
#include "savefile/tick_clock.h"

namespace weir::savefile {

class PcapngReader final : public FormatReader {
 public:
  /// The lengths of blocks are multiples of 4. Where one is not, some writers have padded the block
  /// behind the length they say.
  enum class Lengths : std::uint8_t { exact, rounded };
  /// Reads the first section header, filling `input` as needed. On failure `fault` says what is
  /// wrong and null is returned.
  static std::unique_ptr<PcapngReader> open(ByteInput& input, Lengths lengths, PacketBlock& block,
                                            Fault& fault);

  Walk walk(ByteInput& input, PacketBlock& block, Fault& fault) override;
  [[nodiscard]] Fault cut(const ByteInput& input) const override;
  [[nodiscard]] bool between_records() const noexcept override { return to_skip_ == 0; }
  [[nodiscard]] std::size_t fault_step(const ByteInput& input) override;
  bool resynchronise(ByteInput& input, bool at_end) override;
  [[nodiscard]] std::span<const Interface> interfaces() const noexcept override {
    return descriptions_.interfaces();
  }
  [[nodiscard]] std::span<const std::shared_ptr<const Section>> sections() const noexcept override {
    return descriptions_.sections();
  }
  [[nodiscard]] std::span<const InterfaceStatistics> statistics() const noexcept override {
    return descriptions_.statistics();
  }
  [[nodiscard]] Format format() const noexcept override { return Format::pcapng; }
  [[nodiscard]] ByteOrder byte_order() const noexcept override { return order_; }

 private:
  /// What a packet needs to know of its interface.
  struct Clocked {
    TickClock clock;
    LinkType link_type = LinkType::ethernet;
    PacketFlags flags = PacketFlags::none;
    std::uint32_t snapshot_length = 0;
  };
  /// The parts of the three kinds of packet blocks.
  struct Record {
    static constexpr std::uint16_t drops_unknown = 0xffff;

    std::uint32_t interface = 0;  // within the section
    std::uint32_t captured = 0;
    std::uint32_t wire = 0;
    std::uint64_t ticks = 0;
    Bytes rest{};                         // data, padding, options
    std::uint16_t drops = drops_unknown;  // before this packet, as the obsolete block says it
    bool timed = true;
  };
  /// What one block came to. Taken are those up to `enough`; `next_section` is behind what belongs
  /// to the section before, and taken once that has been handed out.
  enum class BlockOutcome : std::uint8_t {
    taken,
    other_order,
    enough,
    next_section,
    too_large,
    needs_bytes,
    fault
  };

  /// A block at the front of a window.
  struct Framed {
    Block block{};
    std::size_t size = 0;  // with its framing
    bool is_rounded = false;
  };

  explicit PcapngReader(Lengths lengths) noexcept : lengths_{lengths} {}
  template <bool big_endian>
  BlockOutcome walk_section(ByteInput& input, PacketBlock& block, Fault& fault);
  template <bool big_endian>
  BlockOutcome frame(Bytes window, Framed& found, Fault& fault) const;
  template <bool big_endian>
  BlockOutcome take(const Block& found, PacketBlock& block, Fault& fault);
  template <bool big_endian>
  BlockOutcome take_packet(const Block& found, PacketBlock& block, Fault& fault);
  [[nodiscard]] Bytes with_drops(std::uint16_t drops, Bytes options);
  template <bool big_endian>
  bool read_record(const Block& found, Record& record) const noexcept;
  BlockOutcome take_other(const Block& found, PacketBlock& block, Fault& fault);
  BlockOutcome start_section(Bytes body, Fault& fault);
  BlockOutcome add_interface(Bytes body, Fault& fault);
  BlockOutcome add_statistics(Bytes body, Fault& fault);
  BlockOutcome skip(ByteInput& input, Fault& fault);

  PcapngDescriptions descriptions_;
  std::vector<Clocked> clocks_;
  std::vector<std::vector<std::uint8_t>> composed_;  // options of obsolete packet blocks
  std::size_t section_base_ = 0;                     // the first interface of the section
  std::uint64_t to_skip_ = 0;      // bytes of a block too large to hold, still to pass over
  std::uint64_t skip_offset_ = 0;  // where it started
  std::uint32_t skip_length_ = 0;
  Lengths lengths_;
  ByteOrder order_ = ByteOrder::little;
};

}  // namespace weir::savefile
