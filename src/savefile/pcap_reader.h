// Classic pcap files: a 24-byte header, then records of 16 (modified variant: 24) bytes and data.
#pragma once

#include <optional>

#include "savefile/format_reader.h"

namespace weir::savefile {

class PcapReader final : public FormatReader {
 public:
  static constexpr std::size_t header_size = 24;

  /// What record headers of zeros are: records without time and data, as others read them, or a
  /// hole in the file.
  enum class Blanks : std::uint8_t { are_records, are_damage };

  /// `header` starts with a magic recognise() calls pcap. On success it is header_size bytes that
  /// the caller consumes; otherwise `fault` says what is wrong and null is returned.
  static std::unique_ptr<PcapReader> open(Bytes header, Blanks blanks, PacketBlock& block,
                                          Fault& fault);

  Walk walk(ByteInput& input, PacketBlock& block, Fault& fault) override;
  [[nodiscard]] Fault cut(const ByteInput& input) const override;
  [[nodiscard]] std::size_t fault_step(const ByteInput&) override { return 1; }
  bool resynchronise(ByteInput& input, bool at_end) override;
  [[nodiscard]] std::span<const Interface> interfaces() const noexcept override {
    return {&interface_, 1};
  }
  [[nodiscard]] Format format() const noexcept override { return format_; }
  [[nodiscard]] ByteOrder byte_order() const noexcept override { return order_; }

 private:
  /// Which of the two lengths comes first differs in files before version 2.4.
  enum class Lengths : std::uint8_t { captured_first, wire_first, smaller_is_captured };
  enum class Plausible : std::uint8_t { yes, no, unknown };
  /// A record that may stand somewhere in the window: where it would end there, and its time.
  struct Candidate {
    std::size_t end = 0;
    std::int64_t time = 0;
  };

  PcapReader() = default;
  [[nodiscard]] std::size_t record_header_size() const noexcept {
    return format_ == Format::pcap_modified ? 24 : 16;
  }
  [[nodiscard]] std::uint32_t captured_length(const std::uint8_t* record) const noexcept;
  template <bool big_endian, Blanks blanks>
  std::size_t take_plain(Bytes window, PacketBlock& block) const noexcept;
  std::size_t take_any(Bytes window, PacketBlock& block) const noexcept;
  [[nodiscard]] bool is_refused(const std::uint8_t* record) const noexcept;
  [[nodiscard]] Plausible plausible(Bytes window, std::size_t at, Candidate& found) const noexcept;
  [[nodiscard]] bool is_near(std::int64_t time) const noexcept;
  void note_times(std::span<const Packet> packets) noexcept;
  void prepare(PacketBlock& block, bool has_fcs) const noexcept;

  Interface interface_;
  std::int64_t tick_ = 1000;             // nanoseconds
  std::optional<std::int64_t> last_;     // time of the last record; nanoseconds
  std::optional<std::int64_t> trusted_;  // of the last within a day of the one before it
  Blanks blanks_ = Blanks::are_records;
  Format format_ = Format::pcap;
  ByteOrder order_ = ByteOrder::little;
  Lengths lengths_ = Lengths::captured_first;
};

}  // namespace weir::savefile
