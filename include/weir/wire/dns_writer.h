// Writes DNS messages (RFC 1035): questions and records of all sections, names compressed.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "weir/address.h"
#include "weir/api.h"
#include "weir/wire/dns.h"
#include "weir/wire/dns_name.h"
#include "weir/wire/fields.h"

namespace weir::wire {

/// What DnsRecordFields hold as data; names as text that DnsName::parse() takes. All is borrowed.
struct DnsNameData {
  std::string_view name{};
};
struct DnsMailExchangeData {
  std::uint16_t preference = 0;
  std::string_view exchange{};
};
/// RFC 2782.
struct DnsServiceData {
  std::uint16_t priority = 0;
  std::uint16_t weight = 0;
  std::uint16_t port = 0;
  std::string_view target{};
};
/// Numbers are seconds, but the serial.
struct DnsStartOfAuthorityData {
  std::string_view primary{};
  std::string_view responsible{};
  std::uint32_t serial = 0;
  std::uint32_t refresh = 0;
  std::uint32_t retry = 0;
  std::uint32_t expire = 0;
  std::uint32_t minimum = 0;
};
/// Strings of at most 255 bytes each.
struct DnsTextData {
  std::span<const std::string_view> strings{};
};
/// RFC 6891; the record's class and time to live are filled in of the rest.
struct DnsExtensionData {
  std::uint16_t udp_payload_size = 1232;
  /// The upper eight bits of twelve.
  std::uint8_t extended_response_code = 0;
  std::uint8_t version = 0;
  /// DO.
  bool dnssec_ok = false;
  std::span<const DnsOption> options{};
};
/// Bytes are written as they are.
using DnsData =
    std::variant<Bytes, Ipv4Address, Ipv6Address, DnsNameData, DnsMailExchangeData, DnsServiceData,
                 DnsStartOfAuthorityData, DnsTextData, DnsExtensionData>;

/// One question to be written.
struct DnsQuestionFields {
  std::string_view name{};
  DnsType type = DnsType::a;
  std::uint16_t class_number = dns_class::internet;
};

/// One resource record to be written.
struct DnsRecordFields {
  std::string_view name{};
  /// Left open: that of the data (A, AAAA, CNAME, MX, SRV, SOA, TXT, OPT); of bytes NULL.
  std::optional<DnsType> type{};
  std::uint16_t class_number = dns_class::internet;
  /// In seconds.
  std::uint32_t time_to_live = 0;
  DnsData data{};
};

enum class DnsSection : std::uint8_t { question, answer, authority, additional };

/// How a message is written.
struct DnsWriterOptions {
  /// RFC 1035 4.1.4: a name that ends as one before it points there.
  bool compress = true;
  /// Two bytes of length before the message (RFC 1035 4.2.2).
  bool over_tcp = false;
};

/// Writes one message from its header on, in memory of the caller's. Sections are written in order.
/// What fails leaves the message as it was; bytes behind it may have changed. Allocates nothing;
/// one thread at a time.
///
/// Counts that the header leaves open are kept up to date; one that is given stands, right or
/// wrong. Errors: no_room; too_long, a message of more than 65,535 bytes or a string of more than
/// 255; bad_value, a name that DnsName::parse() refuses, or a section that is over.
class WEIR_API DnsWriter {
 public:
  /// Names that later ones can point into; those beyond are written, and not pointed at.
  static constexpr std::size_t max_names = 128;

  /// Borrows `buffer`. Where the header cannot be written, every call says why.
  DnsWriter(MutableBytes buffer, const DnsFields& header, DnsWriterOptions options = {}) noexcept;

  /// Each returns the bytes it took.
  Written add(const DnsQuestionFields& question) noexcept;
  /// `section`: not DnsSection::question.
  Written add(DnsSection section, const DnsRecordFields& record) noexcept;

  /// What has been written, with its length before it over TCP; empty without a header.
  [[nodiscard]] MutableBytes message() const noexcept { return buffer_.first(size_); }

 private:
  class Append;

  WEIR_PRIVATE Written commit(DnsSection section, const Append& written) noexcept;

  MutableBytes buffer_;
  DnsWriterOptions options_;
  /// Where the message begins.
  std::size_t start_ = 0;
  std::size_t size_ = 0;
  DnsSection section_ = DnsSection::question;
  std::array<bool, 4> counted_{};
  /// Where names, and what they end with, begin in the message.
  std::array<std::uint16_t, max_names> names_{};
  std::size_t name_count_ = 0;
  /// Why there is no header.
  std::optional<WriteError> error_{};
};

}  // namespace weir::wire
