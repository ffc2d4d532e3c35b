// The Domain Name System (RFC 1035): header, questions and resource records of one message, read.
// dns_writer.h writes them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>
#include <utility>

#include "weir/address.h"
#include "weir/api.h"
#include "weir/wire/dns_type.h"
#include "weir/wire/fields.h"
#include "weir/wire/parse_error.h"
#include "weir/wire/tlv_list.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// Its port, of UDP and TCP.
inline constexpr std::uint16_t dns_port = 53;

/// The header of a message. The sections behind it are read with a DnsReader.
class DnsView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::dns};
  static constexpr std::size_t min_header_length = 12;

  /// `bytes` is the message alone: over TCP, the caller takes off the two bytes of length.
  [[nodiscard]] static std::expected<DnsView, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    return DnsView{bytes};
  }

  [[nodiscard]] std::uint16_t id() const noexcept { return field<std::uint16_t>(0); }
  /// QR.
  [[nodiscard]] bool is_response() const noexcept { return (flags() & 0x8000) != 0; }
  /// 0 query, 4 notify, 5 update.
  [[nodiscard]] std::uint8_t opcode() const noexcept {
    return static_cast<std::uint8_t>(flags() >> 11 & 0x0f);
  }
  [[nodiscard]] bool authoritative_answer() const noexcept { return (flags() & 0x0400) != 0; }
  [[nodiscard]] bool truncated() const noexcept { return (flags() & 0x0200) != 0; }
  [[nodiscard]] bool recursion_desired() const noexcept { return (flags() & 0x0100) != 0; }
  [[nodiscard]] bool recursion_available() const noexcept { return (flags() & 0x0080) != 0; }
  /// Z, which must be zero.
  [[nodiscard]] bool reserved() const noexcept { return (flags() & 0x0040) != 0; }
  /// RFC 4035 3.2.3.
  [[nodiscard]] bool authentic_data() const noexcept { return (flags() & 0x0020) != 0; }
  /// RFC 4035 3.2.2.
  [[nodiscard]] bool checking_disabled() const noexcept { return (flags() & 0x0010) != 0; }
  /// 0 no error, 1 format error, 2 server failure, 3 no such domain, 5 refused.
  [[nodiscard]] std::uint8_t response_code() const noexcept { return flags() & 0x0f; }
  [[nodiscard]] std::uint16_t question_count() const noexcept { return field<std::uint16_t>(4); }
  [[nodiscard]] std::uint16_t answer_count() const noexcept { return field<std::uint16_t>(6); }
  [[nodiscard]] std::uint16_t authority_count() const noexcept { return field<std::uint16_t>(8); }
  [[nodiscard]] std::uint16_t additional_count() const noexcept { return field<std::uint16_t>(10); }
  /// All of the above flags as they stand.
  [[nodiscard]] std::uint16_t flags() const noexcept { return field<std::uint16_t>(2); }

  [[nodiscard]] static constexpr std::size_t header_length() noexcept { return min_header_length; }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(min_header_length); }

 private:
  using View::View;
};

/// What write() makes a DNS header of.
struct DnsFields {
  std::uint16_t id = 0;
  /// QR.
  bool is_response = false;
  /// Four bits: DnsOpcode.
  std::uint8_t opcode = std::to_underlying(DnsOpcode::query);
  bool authoritative_answer = false;
  bool truncated = false;
  bool recursion_desired = false;
  bool recursion_available = false;
  bool reserved = false;
  bool authentic_data = false;
  bool checking_disabled = false;
  /// Four bits: DnsResponseCode.
  std::uint8_t response_code = 0;
  /// Left open, as the three below: 0, or what DnsWriter writes.
  std::optional<std::uint16_t> question_count{};
  std::optional<std::uint16_t> answer_count{};
  std::optional<std::uint16_t> authority_count{};
  std::optional<std::uint16_t> additional_count{};

  [[nodiscard]] static DnsFields of(const DnsView& message) noexcept {
    return {.id = message.id(),
            .is_response = message.is_response(),
            .opcode = message.opcode(),
            .authoritative_answer = message.authoritative_answer(),
            .truncated = message.truncated(),
            .recursion_desired = message.recursion_desired(),
            .recursion_available = message.recursion_available(),
            .reserved = message.reserved(),
            .authentic_data = message.authentic_data(),
            .checking_disabled = message.checking_disabled(),
            .response_code = message.response_code(),
            .question_count = message.question_count(),
            .answer_count = message.answer_count(),
            .authority_count = message.authority_count(),
            .additional_count = message.additional_count()};
  }
  [[nodiscard]] static constexpr HeaderNumbers numbers() noexcept { return {.port = dns_port}; }
  [[nodiscard]] static constexpr std::size_t header_length() noexcept {
    return DnsView::min_header_length;
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes /*payload*/) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    if (opcode > 15 || response_code > 15) return std::unexpected{WriteError::bad_value};
    const unsigned flags = (is_response ? 0x8000U : 0U) | unsigned{opcode} << 11U |
                           (authoritative_answer ? 0x0400U : 0U) | (truncated ? 0x0200U : 0U) |
                           (recursion_desired ? 0x0100U : 0U) |
                           (recursion_available ? 0x0080U : 0U) | (reserved ? 0x0040U : 0U) |
                           (authentic_data ? 0x0020U : 0U) | (checking_disabled ? 0x0010U : 0U) |
                           response_code;
    store_be(to.data(), id);
    store_be(to.data() + 2, static_cast<std::uint16_t>(flags));
    store_be(to.data() + 4, question_count.value_or(0));
    store_be(to.data() + 6, answer_count.value_or(0));
    store_be(to.data() + 8, authority_count.value_or(0));
    store_be(to.data() + 10, additional_count.value_or(0));
    return header_length();
  }
};

/// Room that the text of any name fits in: 255 bytes on the wire, each at most `\DDD`.
inline constexpr std::size_t max_dns_name_text = 1024;
using DnsNameBuffer = std::array<char, max_dns_name_text>;

/// One entry of the question section (RFC 1035 4.1.2).
struct DnsQuestion {
  /// Of the name, from the start of the message: for DnsReader::name().
  std::size_t name_offset = 0;
  DnsType type = DnsType::a;
  /// 1 is IN; the top bit has a meaning of its own in mDNS.
  std::uint16_t class_number = 1;
};

/// Bytes of the name that `bytes` begin with: up to its root label or its first compression
/// pointer.
[[nodiscard]] WEIR_API std::expected<std::size_t, ParseError> dns_name_length(Bytes bytes) noexcept;

/// One resource record (RFC 1035 4.1.3).
struct DnsRecord {
  std::size_t name_offset = 0;
  DnsType type = DnsType::a;
  std::uint16_t class_number = 1;
  /// In seconds.
  std::uint32_t time_to_live = 0;
  /// Of the data, from the start of the message: names inside it may point back.
  std::size_t data_offset = 0;
  Bytes data{};

  /// Of type A; nothing for any other, or where the data is no address.
  [[nodiscard]] std::optional<Ipv4Address> ipv4() const noexcept {
    if (type != DnsType::a || data.size() != Ipv4Address::size) return std::nullopt;
    return Ipv4Address::load(data.data());
  }
  /// Of type AAAA.
  [[nodiscard]] std::optional<Ipv6Address> ipv6() const noexcept {
    if (type != DnsType::aaaa || data.size() != Ipv6Address::size) return std::nullopt;
    return Ipv6Address::load(data.data());
  }
  /// Where the name is that is all of the data: of NS, CNAME, PTR and DNAME. Nothing where it ends
  /// before the data does, or goes on behind it.
  [[nodiscard]] std::optional<std::size_t> name_in_data() const noexcept {
    switch (type) {
      case DnsType::ns:
      case DnsType::cname:
      case DnsType::ptr:
      case DnsType::dname:
        return name_behind(0) ? std::optional{data_offset} : std::nullopt;
      default:
        return std::nullopt;
    }
  }
  /// Whether all of the data behind its first `fixed` bytes is one name.
  [[nodiscard]] bool name_behind(std::size_t fixed) const noexcept {
    return data.size() > fixed && dns_name_length(data.subspan(fixed)) == data.size() - fixed;
  }
};

/// One option of an OPT record (RFC 6891 6.1.2).
struct DnsOption {
  /// IANA's: 3 NSID, 8 client subnet, 10 cookie, 12 padding, 15 extended error.
  std::uint16_t code = 0;
  Bytes data{};

  /// See Tlv.
  [[nodiscard]] static std::size_t read(Bytes rest, DnsOption& option) noexcept {
    if (rest.size() < 4) return 0;
    const std::size_t length = load_be<std::uint16_t>(rest.data() + 2);
    if (rest.size() - 4 < length) return 0;
    option = {.code = load_be<std::uint16_t>(rest.data()), .data = rest.subspan(4, length)};
    return 4 + length;
  }
};
using DnsOptionList = TlvList<DnsOption>;

/// What an OPT record says (RFC 6891 6.1.3), in the places that others have for class and time.
struct DnsExtension {
  std::uint16_t udp_payload_size = 0;
  /// The upper eight bits of the response code.
  std::uint8_t extended_response_code = 0;
  std::uint8_t version = 0;
  /// DO.
  bool dnssec_ok = false;
  DnsOptionList options{Bytes{}};

  /// All twelve bits: those of the header and the upper eight.
  [[nodiscard]] DnsResponseCode response_code(const DnsView& message) const noexcept {
    return static_cast<DnsResponseCode>(extended_response_code << 4 | message.response_code());
  }

  /// bad_field for a record of another type.
  [[nodiscard]] static std::expected<DnsExtension, ParseError> parse(
      const DnsRecord& record) noexcept {
    if (record.type != DnsType::opt) return std::unexpected{ParseError::bad_field};
    return DnsExtension{
        .udp_payload_size = record.class_number,
        .extended_response_code = static_cast<std::uint8_t>(record.time_to_live >> 24),
        .version = static_cast<std::uint8_t>(record.time_to_live >> 16),
        .dnssec_ok = (record.time_to_live & 0x8000) != 0,
        .options = DnsOptionList{record.data}};
  }
};

/// Reads the sections of one message in order, questions first. Each call makes progress, so
/// hostile counts end at the end of the bytes.
class WEIR_API DnsReader {
 public:
  explicit DnsReader(DnsView message) noexcept : message_{message.bytes()} {}

  /// The next question or, once all that the header counts are read, bad_field.
  [[nodiscard]] std::expected<DnsQuestion, ParseError> next_question() noexcept;
  /// The next resource record (answers, then authority, then additional), skipping questions not
  /// yet read; bad_field once all that the header counts are read.
  [[nodiscard]] std::expected<DnsRecord, ParseError> next_record() noexcept;

  /// Records read so far: below DnsView::answer_count() the next one is an answer.
  [[nodiscard]] std::size_t records_read() const noexcept { return records_read_; }

  /// Writes the name at `offset` as text (RFC 1035 5.1: `\.` and `\DDD` where needed; "." for the
  /// root; no final dot otherwise) into `buffer` and returns the text. Compression pointers must
  /// point backwards, each before the last (RFC 1035 4.1.4), and there are at most 127, so the walk
  /// ends soon.
  [[nodiscard]] std::expected<std::string_view, ParseError> name(
      std::size_t offset, DnsNameBuffer& buffer) const noexcept;

  /// Where the name at `offset` ends: behind its root label or its first compression pointer.
  [[nodiscard]] std::expected<std::size_t, ParseError> name_end(std::size_t offset) const noexcept;

 private:
  Bytes message_;
  std::size_t offset_ = DnsView::min_header_length;
  std::size_t questions_read_ = 0;
  std::size_t records_read_ = 0;
};

/// Fixed parts of record data that precede or follow a name; parse() checks their sizes, and that
/// the name ends where the data does.
struct DnsMailExchange {
  std::uint16_t preference = 0;
  /// From the start of the message.
  std::size_t exchange_offset = 0;

  [[nodiscard]] static std::expected<DnsMailExchange, ParseError> parse(
      const DnsRecord& record) noexcept {
    if (record.data.size() < 3) return std::unexpected{ParseError::truncated};
    if (!record.name_behind(2)) return std::unexpected{ParseError::bad_length};
    return DnsMailExchange{.preference = load_be<std::uint16_t>(record.data.data()),
                           .exchange_offset = record.data_offset + 2};
  }
};

/// RFC 2782.
struct DnsService {
  std::uint16_t priority = 0;
  std::uint16_t weight = 0;
  std::uint16_t port = 0;
  /// From the start of the message.
  std::size_t target_offset = 0;

  [[nodiscard]] static std::expected<DnsService, ParseError> parse(
      const DnsRecord& record) noexcept {
    if (record.data.size() < 7) return std::unexpected{ParseError::truncated};
    if (!record.name_behind(6)) return std::unexpected{ParseError::bad_length};
    return DnsService{.priority = load_be<std::uint16_t>(record.data.data()),
                      .weight = load_be<std::uint16_t>(record.data.data() + 2),
                      .port = load_be<std::uint16_t>(record.data.data() + 4),
                      .target_offset = record.data_offset + 6};
  }
};

/// RFC 1035 3.3.13.
struct DnsStartOfAuthority {
  /// From the start of the message.
  std::size_t primary_offset = 0;
  /// From the start of the message: the mailbox of who is responsible.
  std::size_t responsible_offset = 0;
  std::uint32_t serial = 0;
  /// Seconds, as the three below.
  std::uint32_t refresh = 0;
  std::uint32_t retry = 0;
  std::uint32_t expire = 0;
  std::uint32_t minimum = 0;

  [[nodiscard]] WEIR_API static std::expected<DnsStartOfAuthority, ParseError> parse(
      const DnsReader& reader, const DnsRecord& record) noexcept;
};

/// The strings of TXT data: takes the first one off `rest`; nothing when none is left or whole.
[[nodiscard]] inline std::expected<Bytes, ParseError> take_dns_string(Bytes& rest) noexcept {
  if (rest.empty() || rest.size() - 1 < rest[0]) return std::unexpected{ParseError::truncated};
  const Bytes text = rest.subspan(1, rest[0]);
  rest = rest.subspan(std::size_t{1} + rest[0]);
  return text;
}

}  // namespace weir::wire
