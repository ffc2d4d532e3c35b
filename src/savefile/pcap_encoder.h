// Classic pcap: a 24-byte header, then records of 16 bytes and data.
#pragma once

#include <optional>

#include "savefile/record_encoder.h"

namespace weir::savefile {

class PcapEncoder final : public RecordEncoder {
 public:
  /// `snapshot_length` 0 is that of the first interface.
  PcapEncoder(bool nanoseconds, std::uint32_t snapshot_length) noexcept
      : tick_{nanoseconds ? 1U : 1000U}, snapshot_length_{snapshot_length} {}

  void packets(std::span<const Interface> interfaces, std::span<const Packet> packets,
               RecordBuffer& out) override;
  void header(RecordBuffer& out) override;

 private:
  void start(const Interface& interface, RecordBuffer& out);
  void packet(const Packet& packet, RecordBuffer& out);

  std::uint32_t tick_;  // nanoseconds
  std::uint32_t snapshot_length_;
  /// Of the header, once there is one.
  std::optional<LinkType> link_type_{};
};

}  // namespace weir::savefile
