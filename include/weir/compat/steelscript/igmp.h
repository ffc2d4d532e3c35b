// IGMP of steelscript.packets: messages of versions 1 to 3, and the group records of reports.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "weir/api.h"
#include "weir/compat/steelscript/field.h"
#include "weir/compat/steelscript/inetpkt.h"

namespace weir::compat::steelscript {

/// Addresses with commas between them.
[[nodiscard]] WEIR_API std::string joined(const Addresses& addresses);

/// Of a group record (RFC 3376 4.2.4).
struct IgmpRecordHeader {
  std::uint8_t type = 0;
  /// In words of four bytes.
  std::uint8_t aux_data_len = 0;
  std::uint16_t num_src = 0;
  Ipv4Address group_address{};

  [[nodiscard]] const Addresses& get_source_addresses() const noexcept { return sources_; }
  /// num_src follows.
  void set_source_addresses(Addresses addresses) noexcept {
    sources_ = std::move(addresses);
    num_src = static_cast<std::uint16_t>(sources_.size());
  }
  [[nodiscard]] const Octets& get_aux_data() const noexcept { return aux_data_; }
  /// At most 1,020 bytes, padded to words when written; aux_data_len follows.
  void set_aux_data(Octets data) noexcept {
    aux_data_ = std::move(data);
    aux_data_len = static_cast<std::uint8_t>((aux_data_.size() + 3) / 4);
  }
  /// Bytes of the record, as its lengths say.
  [[nodiscard]] std::uint32_t get_byte_len() const noexcept {
    return 8U + (std::uint32_t{num_src} + aux_data_len) * 4U;
  }

  WEIR_API static const LayerClass layer;
  [[nodiscard]] WEIR_API std::expected<Rest, wire::ParseError> read(Bytes bytes);
  [[nodiscard]] std::size_t header_length() const noexcept {
    return 8 + sources_.size() * Ipv4Address::size + (aux_data_.size() + 3) / 4 * 4;
  }
  [[nodiscard]] WEIR_API wire::Written write(MutableBytes message, const Pkt2Net& told);

 private:
  Addresses sources_{};
  Octets aux_data_{};
};

/// Of an IGMP message. Which attributes are there, version and type say.
struct IgmpHeader {
  /// 1 to 3, as RFC 3376 7.1 tells them apart; 0 for messages that it says to ignore.
  std::uint8_t version = 2;
  std::uint8_t type = 0;
  /// In version 1 and in reports of version 3 the byte is reserved1.
  std::uint8_t max_resp = 0;
  std::uint8_t reserved1 = 0;
  std::uint16_t checksum = 0;
  Ipv4Address group_address{};
  /// Of queries of version 3: 0 or 1; at most 7; as it stands.
  std::uint8_t s = 0;
  std::uint8_t qrv = 0;
  std::uint8_t qqic = 0;
  /// Of reports of version 3, as num_records: of group records. Of queries: of sources.
  std::uint16_t reserved2 = 0;
  std::uint16_t num_records = 0;

  [[nodiscard]] const Addresses& get_source_addresses() const noexcept { return sources_; }
  /// num_records follows.
  void set_source_addresses(Addresses addresses) noexcept {
    sources_ = std::move(addresses);
    num_records = static_cast<std::uint16_t>(sources_.size());
  }
  /// With commas between them.
  [[nodiscard]] std::string get_saddr() const noexcept { return joined(sources_); }

  [[nodiscard]] bool is_query_v3() const noexcept { return version == 3 && type == 0x11; }
  /// Group records follow: of type 0x22 whatever the version says, which is not in the message.
  [[nodiscard]] bool is_report_v3() const noexcept {
    return type == 0x22 || (version == 3 && type != 0x11);
  }

  WEIR_API static const LayerClass layer;
  /// The payload is the group records that are whole.
  [[nodiscard]] WEIR_API std::expected<Rest, wire::ParseError> read(Bytes bytes);
  [[nodiscard]] std::size_t header_length() const noexcept {
    return is_query_v3() ? 12 + sources_.size() * Ipv4Address::size : 8;
  }
  [[nodiscard]] WEIR_API wire::Written write(MutableBytes message, const Pkt2Net& told) noexcept;
  [[nodiscard]] WEIR_API bool answers(std::string_view query) const noexcept;

  /// How many group records follow; set before write().
  std::size_t written_records = 0;

 private:
  Addresses sources_{};
  /// Of queries of version 3, four bits.
  std::uint8_t reserved_ = 0;
};

/// A group record. One thread at a time.
class IGMPGroupRecord : public Layer<IgmpRecordHeader> {
 public:
  IGMPGroupRecord() = default;
  /// Throws Error (invalid_argument) where the bytes hold no whole record.
  explicit IGMPGroupRecord(Bytes bytes) { assign_or_refuse(bytes); }
};

/// An IGMP message. One thread at a time.
class WEIR_API IGMP : public Layer<IgmpHeader> {
 public:
  IGMP() = default;
  /// Throws Error (invalid_argument) where the bytes are no IGMP message.
  explicit IGMP(Bytes bytes) { assign_or_refuse(bytes); }

  std::vector<std::shared_ptr<IGMPGroupRecord>> group_records{};

  /// Of reports also "igmp.saddr" and "igmp.maddr": those of all records, with commas.
  std::optional<Value> get_field_val(std::string_view field) override;

 protected:
  void take_payload(Bytes payload, std::size_t depth) override;
  void append_payload(Octets& out, const Pkt2Net& told) override;
};

}  // namespace weir::compat::steelscript
