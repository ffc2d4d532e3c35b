// pcapng: sections of blocks, interfaces described before their first packet.
#pragma once

#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "savefile/record_encoder.h"
#include "savefile/tick_clock.h"

namespace weir::savefile {

class PcapngEncoder final : public RecordEncoder {
 public:
  /// `section` is that of interfaces without one.
  explicit PcapngEncoder(Section section)
      : default_section_{std::make_shared<const Section>(std::move(section))} {}

  void packets(std::span<const Interface> interfaces, std::span<const Packet> packets,
               RecordBuffer& out) override;
  void section(std::span<const Interface> interfaces, std::shared_ptr<const Section> section,
               RecordBuffer& out) override;
  void blocks(std::span<const Interface> interfaces, std::span<const Block> blocks,
              RecordBuffer& out) override;
  void statistics(std::span<const Interface> interfaces, const InterfaceStatistics& statistics,
                  RecordBuffer& out) override;
  void header(RecordBuffer& out) override;

 private:
  /// An interface of the section being written.
  struct Written {
    Interface interface;
    TickClock clock;
  };
  /// Where an interface of the source stands in a section, unless that is past; `batch` is when
  /// that was last looked at.
  struct Place {
    std::uint64_t section = 0;
    std::uint64_t batch = 0;
    std::uint32_t number = unknown;
  };
  static constexpr std::uint32_t unknown = UINT32_MAX;

  [[nodiscard]] const std::shared_ptr<const Section>& section_of(const Interface& interface) const {
    return interface.section ? interface.section : default_section_;
  }
  [[nodiscard]] bool is_open(const std::shared_ptr<const Section>& section) const;
  [[nodiscard]] bool is_in_section(const Interface& interface) const;
  void start_section(std::shared_ptr<const Section> section, RecordBuffer& out);
  void start_batch(std::span<const Interface> interfaces, RecordBuffer& out);
  [[nodiscard]] bool continues(std::span<const Interface> interfaces) const;
  void describe_around(std::span<const Interface> interfaces, std::uint32_t index,
                       RecordBuffer& out);
  std::uint32_t number_of(std::span<const Interface> interfaces, std::uint32_t index,
                          RecordBuffer& out);
  std::uint32_t place(const Interface& interface, std::uint32_t index, RecordBuffer& out);
  [[nodiscard]] std::optional<std::uint32_t> find(const Interface& interface) const;
  std::uint32_t add(const Interface& interface, RecordBuffer& out);
  void packet(const Packet& packet, std::uint32_t number, RecordBuffer& out);
  void block(const Block& block, RecordBuffer& out);
  [[nodiscard]] bool is_simple(const Packet& packet, std::uint32_t number) const noexcept;
  static void simple_packet_block(const Packet& packet, RecordBuffer& out);
  [[nodiscard]] Bytes options_of_packet(const Packet& packet, std::uint32_t number);

  std::shared_ptr<const Section> default_section_;
  std::shared_ptr<const Section> section_;  // null before the first
  std::vector<Written> written_;            // by their number in the section
  std::unordered_multimap<std::size_t, std::uint32_t> by_content_;
  std::vector<Place> places_;        // by index in the source
  bool are_told_ = false;            // where sections begin, by section()
  std::uint64_t section_count_ = 0;  // the one being written is the last
  std::uint32_t first_ = 0;          // the first of them in this section
  std::uint64_t batch_ = 0;
  std::size_t seen_ = 0;  // interfaces of the source gone through
  Interface last_seen_{};
  std::vector<std::uint8_t> options_;  // of the packet or block being encoded
};

}  // namespace weir::savefile
