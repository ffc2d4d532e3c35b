// Walks DNS sections and names; bounded and loop-safe.
#include "weir/wire/dns.h"

#include <algorithm>

namespace weir::wire {
namespace {

constexpr std::size_t max_name = 255;
/// Names of 255 bytes have no more labels, and a pointer needs to follow one
/// only.
constexpr std::size_t max_pointers = 127;
constexpr std::uint8_t pointer_bits = 0xc0;

// Appends to a DnsNameBuffer; the limits on names keep it from filling up.
class NameText {
 public:
  explicit NameText(DnsNameBuffer& buffer) noexcept : buffer_{buffer} {}

  void label(Bytes label) noexcept {
    if (size_ != 0) buffer_[size_++] = '.';
    for (const std::uint8_t octet : label) put(octet);
  }
  std::string_view text() noexcept {
    if (size_ == 0) buffer_[size_++] = '.';
    return {buffer_.data(), size_};
  }

 private:
  void put(std::uint8_t octet) noexcept {
    if (octet > 0x20 && octet < 0x7f) {
      if (octet == '.' || octet == '\\') buffer_[size_++] = '\\';
      buffer_[size_++] = static_cast<char>(octet);
      return;
    }
    buffer_[size_++] = '\\';
    buffer_[size_++] = static_cast<char>('0' + octet / 100);
    buffer_[size_++] = static_cast<char>('0' + octet / 10 % 10);
    buffer_[size_++] = static_cast<char>('0' + octet % 10);
  }

  DnsNameBuffer& buffer_;
  std::size_t size_ = 0;
};

}  // namespace

std::expected<std::size_t, ParseError> dns_name_length(Bytes bytes) noexcept {
  std::size_t offset = 0;
  for (;;) {
    if (offset >= bytes.size()) return std::unexpected{ParseError::truncated};
    const std::uint8_t length = bytes[offset];
    if (length == 0) return offset + 1;
    if ((length & pointer_bits) == pointer_bits) {
      if (bytes.size() - offset < 2) return std::unexpected{ParseError::truncated};
      return offset + 2;
    }
    if ((length & pointer_bits) != 0) return std::unexpected{ParseError::bad_field};
    offset += std::size_t{1} + length;
    if (offset >= max_name) return std::unexpected{ParseError::bad_length};
  }
}

std::expected<std::size_t, ParseError> DnsReader::name_end(std::size_t offset) const noexcept {
  if (offset >= message_.size()) return std::unexpected{ParseError::truncated};
  const auto length = dns_name_length(message_.subspan(offset));
  if (!length) return length;
  return offset + *length;
}

std::expected<std::string_view, ParseError> DnsReader::name(std::size_t offset,
                                                            DnsNameBuffer& buffer) const noexcept {
  NameText text{buffer};
  std::size_t octets = 0;
  std::size_t pointers = 0;
  std::size_t limit = offset;  // the next pointer must go before this
  for (;;) {
    if (offset >= message_.size()) return std::unexpected{ParseError::truncated};
    const std::uint8_t length = message_[offset];
    if (length == 0) return text.text();
    if ((length & pointer_bits) == pointer_bits) {
      if (message_.size() - offset < 2) return std::unexpected{ParseError::truncated};
      offset = load_be<std::uint16_t>(message_.data() + offset) & 0x3fffU;
      if (offset >= limit || ++pointers > max_pointers)
        return std::unexpected{ParseError::bad_field};
      limit = offset;
      continue;
    }
    if ((length & pointer_bits) != 0) return std::unexpected{ParseError::bad_field};
    if (message_.size() - offset - 1 < length) return std::unexpected{ParseError::truncated};
    octets += std::size_t{1} + length;
    if (octets >= max_name) return std::unexpected{ParseError::bad_length};
    text.label(message_.subspan(offset + 1, length));
    offset += std::size_t{1} + length;
  }
}

std::expected<DnsQuestion, ParseError> DnsReader::next_question() noexcept {
  if (questions_read_ >= load_be<std::uint16_t>(message_.data() + 4)) {
    return std::unexpected{ParseError::bad_field};
  }
  const auto end = name_end(offset_);
  if (!end) return std::unexpected{end.error()};
  if (message_.size() - *end < 4) return std::unexpected{ParseError::truncated};
  const DnsQuestion question{
      .name_offset = offset_,
      .type = static_cast<DnsType>(load_be<std::uint16_t>(message_.data() + *end)),
      .class_number = load_be<std::uint16_t>(message_.data() + *end + 2)};
  offset_ = *end + 4;
  ++questions_read_;
  return question;
}

std::expected<DnsRecord, ParseError> DnsReader::next_record() noexcept {
  constexpr std::size_t fixed = 10;  // type, class, time to live, data length
  const DnsView header = *DnsView::parse(message_);
  while (questions_read_ < header.question_count()) {
    if (const auto question = next_question(); !question) {
      return std::unexpected{question.error()};
    }
  }
  const std::size_t count =
      std::size_t{header.answer_count()} + header.authority_count() + header.additional_count();
  if (records_read_ >= count) return std::unexpected{ParseError::bad_field};
  const auto end = name_end(offset_);
  if (!end) return std::unexpected{end.error()};
  if (message_.size() - *end < fixed) return std::unexpected{ParseError::truncated};
  const std::uint8_t* at = message_.data() + *end;
  const std::size_t data_offset = *end + fixed;
  const std::size_t length = load_be<std::uint16_t>(at + 8);
  if (message_.size() - data_offset < length) return std::unexpected{ParseError::truncated};
  const DnsRecord record{.name_offset = offset_,
                         .type = static_cast<DnsType>(load_be<std::uint16_t>(at)),
                         .class_number = load_be<std::uint16_t>(at + 2),
                         .time_to_live = load_be<std::uint32_t>(at + 4),
                         .data_offset = data_offset,
                         .data = message_.subspan(data_offset, length)};
  offset_ = data_offset + length;
  ++records_read_;
  return record;
}

std::expected<DnsStartOfAuthority, ParseError> DnsStartOfAuthority::parse(
    const DnsReader& reader, const DnsRecord& record) noexcept {
  constexpr std::size_t numbers = 20;
  const auto primary_end = reader.name_end(record.data_offset);
  if (!primary_end) return std::unexpected{primary_end.error()};
  const auto end = reader.name_end(*primary_end);
  if (!end) return std::unexpected{end.error()};
  const std::size_t names = *end - record.data_offset;
  if (names > record.data.size() || record.data.size() - names < numbers) {
    return std::unexpected{ParseError::bad_length};
  }
  const std::uint8_t* at = record.data.data() + names;
  return DnsStartOfAuthority{.primary_offset = record.data_offset,
                             .responsible_offset = *primary_end,
                             .serial = load_be<std::uint32_t>(at),
                             .refresh = load_be<std::uint32_t>(at + 4),
                             .retry = load_be<std::uint32_t>(at + 8),
                             .expire = load_be<std::uint32_t>(at + 12),
                             .minimum = load_be<std::uint32_t>(at + 16)};
}

}  // namespace weir::wire
