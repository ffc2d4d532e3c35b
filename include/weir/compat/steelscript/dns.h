// DNS of steelscript.packets: messages with their questions and records as text.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "weir/api.h"
#include "weir/compat/steelscript/dns_const.h"
#include "weir/compat/steelscript/field.h"
#include "weir/compat/steelscript/inetpkt.h"

namespace weir::wire {
struct DnsFields;
}

namespace weir::compat::steelscript {

/// Whether a name may be set: labels of letters, digits, hyphens and underscores, at most 63 bytes
/// each, 253 in all, none with a hyphen at either end. The empty one is the root.
[[nodiscard]] WEIR_API bool is_domain_name(std::string_view name) noexcept;

/// A question. What was read holds any name, as RFC 1035 5.1 writes it.
struct DNSQuery {
  std::string query_name{};
  std::uint16_t query_type = 1;
  std::uint16_t query_class = 1;
};

/// A resource record. Data of A, AAAA, NS, CNAME, PTR and SOA is text, that of others bytes: so is
/// theirs where it is damaged. Names in the data of MX and SRV are written out.
struct DNSResource {
  std::string domain_name{};
  std::uint16_t res_type = 1;
  std::uint16_t res_class = 1;
  /// Seconds.
  std::uint32_t res_ttl = 0;
  /// As it was read, or written last; what is written is always right.
  std::uint16_t res_len = 0;
  std::variant<std::string, Octets> res_data{};
};

/// What follows the header. It ends at the first question or record that is damaged.
struct DnsSections {
  std::vector<DNSQuery> queries{};
  std::vector<DNSResource> answers{};
  std::vector<DNSResource> authority{};
  std::vector<DNSResource> ad{};

  /// Of a whole message, its header included.
  [[nodiscard]] WEIR_API static DnsSections read(Bytes message);
};

/// Of a DNS message.
struct DnsHeader {
  std::uint16_t ident = 0;
  /// 1: a response.
  std::uint8_t query_resp = 0;
  /// At most 15.
  std::uint8_t op_code = 0;
  /// Each 0 or 1.
  std::uint8_t authoritative = 0;
  std::uint8_t truncated = 0;
  std::uint8_t recursion_requested = 0;
  std::uint8_t recursion_available = 0;
  std::uint8_t authentic_data = 0;
  std::uint8_t check_disabled = 0;
  /// At most 15.
  std::uint8_t resp_code = 0;
  std::uint16_t query_count = 0;
  std::uint16_t answer_count = 0;
  std::uint16_t auth_count = 0;
  std::uint16_t ad_count = 0;

  WEIR_API static const LayerClass layer;
  /// The payload is all that follows the header.
  [[nodiscard]] WEIR_API std::expected<Rest, wire::ParseError> read(Bytes bytes) noexcept;
  /// A message is written whole, by append().
  [[nodiscard]] static std::size_t header_length() noexcept { return 0; }
  [[nodiscard]] static wire::Written write(MutableBytes /*message*/,
                                           const Pkt2Net& /*told*/) noexcept {
    return 0;
  }
  /// Appends the message; keeps what it computed, lengths of data too. `as_read`: the message that
  /// the sections were read from; where they say what it does, all behind its header is appended as
  /// it stands. Throws Error (invalid_argument) that names what cannot be written.
  WEIR_API void append(DnsSections& sections, Octets& out, const Pkt2Net& told, Bytes as_read = {});

 private:
  [[nodiscard]] wire::DnsFields fields() const noexcept;
  void append_header(Octets& out) const;
  /// False where the sections say something else, or their names are to be written whole.
  bool append_as_read(const DnsSections& sections, Octets& out, const Pkt2Net& told, Bytes as_read);

  std::uint8_t reserved_ = 0;
};

/// A DNS message; what was read and not changed is written as it was. One thread at a time.
class WEIR_API DNS : public Layer<DnsHeader>, public DnsSections {
 public:
  DNS() = default;
  /// Throws Error (invalid_argument) where there are less than 12 bytes.
  explicit DNS(Bytes bytes);
  /// 53.
  [[nodiscard]] static std::span<const std::uint16_t> default_ports() noexcept {
    return DnsHeader::layer.ports;
  }

  void append(Octets& out, const Pkt2Net& told) override;

 private:
  Octets as_read_{};
};

}  // namespace weir::compat::steelscript
