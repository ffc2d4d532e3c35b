// Writes DNS messages, names compressed.
#include "weir/wire/dns_writer.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace weir::wire {
namespace {

constexpr std::size_t max_message = 0xffff;
/// RFC 1035 4.1.4: what 14 bits can point at.
constexpr std::size_t max_pointer = 0x3fff;
constexpr std::uint16_t pointer = 0xc000;
/// Where the header counts each section.
constexpr std::array<std::size_t, 4> count_offsets{4, 6, 8, 10};

// Whether the name at `offset` is `labels`, exactly; names in a message that
// has been written here only point back.
bool is_name(Bytes message, std::size_t offset, Bytes labels) noexcept {
  for (;;) {
    const std::uint8_t length = message[offset];
    if (length >= 0xc0) {
      offset = load_be<std::uint16_t>(message.data() + offset) & max_pointer;
      continue;
    }
    if (length != labels[0]) return false;
    if (length == 0) return true;
    if (std::memcmp(message.data() + offset + 1, labels.data() + 1, length) != 0) return false;
    offset += std::size_t{1} + length;
    labels = labels.subspan(std::size_t{1} + length);
  }
}

/// RFC 3597 4: only types that RFC 1035 knows may have compressed names in their data.
bool may_point_in(DnsType type) noexcept {
  switch (type) {
    case DnsType::ns:
    case DnsType::cname:
    case DnsType::ptr:
    case DnsType::mx:
    case DnsType::soa:
      return true;
    default:
      return false;
  }
}

struct TypeOf {
  DnsType operator()(Bytes) const noexcept { return DnsType::null; }
  DnsType operator()(const Ipv4Address&) const noexcept { return DnsType::a; }
  DnsType operator()(const Ipv6Address&) const noexcept { return DnsType::aaaa; }
  DnsType operator()(const DnsNameData&) const noexcept { return DnsType::cname; }
  DnsType operator()(const DnsMailExchangeData&) const noexcept { return DnsType::mx; }
  DnsType operator()(const DnsServiceData&) const noexcept { return DnsType::srv; }
  DnsType operator()(const DnsStartOfAuthorityData&) const noexcept { return DnsType::soa; }
  DnsType operator()(const DnsTextData&) const noexcept { return DnsType::txt; }
  DnsType operator()(const DnsExtensionData&) const noexcept { return DnsType::opt; }
};

}  // namespace

/// Appends to a message; the first failure is kept, and nothing is appended
/// behind it.
class DnsWriter::Append {
 public:
  explicit Append(const DnsWriter& writer) noexcept
      : message_{writer.error_ ? MutableBytes{} : writer.buffer_.subspan(writer.start_)},
        size_{writer.error_ ? 0 : writer.size_ - writer.start_},
        begin_{size_},
        compress_{writer.options_.compress},
        names_{writer.names_},
        name_count_{writer.name_count_},
        error_{writer.error_} {}

  void put(std::unsigned_integral auto value) noexcept {
    if (!room(sizeof value)) return;
    store_be(message_.data() + size_, value);
    size_ += sizeof value;
  }
  void put(Bytes bytes) noexcept {
    if (!room(bytes.size())) return;
    store_bytes(message_.data() + size_, bytes);
    size_ += bytes.size();
  }
  /// A string with its length before it.
  void put_string(std::string_view text) noexcept {
    if (text.size() > 255) return fail(WriteError::too_long);
    put(static_cast<std::uint8_t>(text.size()));
    put(Bytes{reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  }
  void put_name(std::string_view text) noexcept {
    const auto name = DnsName::parse(text);
    if (!name) return fail(WriteError::bad_value);
    const std::size_t whole = name_count_;  // those that can be compared with: not this one
    for (Bytes labels = name->bytes(); labels[0] != 0;
         labels = labels.subspan(std::size_t{1} + labels[0])) {
      if (compress_ && may_point_) {
        if (const auto before = find(labels, whole)) {
          return put(static_cast<std::uint16_t>(pointer | *before));
        }
      }
      remember();
      put(labels.first(std::size_t{1} + labels[0]));
    }
    put(std::uint8_t{0});
  }
  void put_data(DnsType type, const DnsData& data) noexcept {
    may_point_ = may_point_in(type);
    const std::size_t length_at = size_;
    put(std::uint16_t{0});
    std::visit([this](const auto& value) noexcept { put_value(value); }, data);
    const std::size_t length = size_ - length_at - 2;
    if (length > max_message) return fail(WriteError::too_long);
    if (!error_) store_be(message_.data() + length_at, static_cast<std::uint16_t>(length));
  }
  void fail(WriteError error) noexcept {
    if (!error_) error_ = error;
  }

  [[nodiscard]] std::optional<WriteError> error() const noexcept { return error_; }
  [[nodiscard]] std::size_t begin() const noexcept { return begin_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] const auto& names() const noexcept { return names_; }
  [[nodiscard]] std::size_t name_count() const noexcept { return name_count_; }

 private:
  bool room(std::size_t length) noexcept {
    if (length > max_message - size_) fail(WriteError::too_long);
    if (length > message_.size() - size_) fail(WriteError::no_room);
    return !error_;
  }
  std::optional<std::uint16_t> find(Bytes labels, std::size_t count) const noexcept {
    if (error_) return std::nullopt;
    for (std::size_t i = 0; i < count; ++i) {
      if (is_name(message_, names_[i], labels)) return names_[i];
    }
    return std::nullopt;
  }
  void remember() noexcept {
    if (error_ || !compress_ || size_ > max_pointer || name_count_ == names_.size()) return;
    names_[name_count_++] = static_cast<std::uint16_t>(size_);
  }

  void put_value(Bytes bytes) noexcept { put(bytes); }
  void put_value(const Ipv4Address& address) noexcept { put(Bytes{address.octets}); }
  void put_value(const Ipv6Address& address) noexcept { put(Bytes{address.octets}); }
  void put_value(const DnsNameData& data) noexcept { put_name(data.name); }
  void put_value(const DnsMailExchangeData& data) noexcept {
    put(data.preference);
    put_name(data.exchange);
  }
  void put_value(const DnsServiceData& data) noexcept {
    put(data.priority);
    put(data.weight);
    put(data.port);
    put_name(data.target);
  }
  void put_value(const DnsStartOfAuthorityData& data) noexcept {
    put_name(data.primary);
    put_name(data.responsible);
    for (const std::uint32_t number :
         {data.serial, data.refresh, data.retry, data.expire, data.minimum}) {
      put(number);
    }
  }
  void put_value(const DnsTextData& data) noexcept {
    for (const std::string_view text : data.strings) put_string(text);
  }
  void put_value(const DnsExtensionData& data) noexcept {
    for (const DnsOption& option : data.options) {
      if (option.data.size() > 0xffff) return fail(WriteError::too_long);
      put(option.code);
      put(static_cast<std::uint16_t>(option.data.size()));
      put(option.data);
    }
  }

  MutableBytes message_;
  std::size_t size_;
  std::size_t begin_;
  bool compress_;
  bool may_point_ = true;
  std::array<std::uint16_t, max_names> names_;
  std::size_t name_count_;
  std::optional<WriteError> error_;
};

DnsWriter::DnsWriter(MutableBytes buffer, const DnsFields& header,
                     DnsWriterOptions options) noexcept
    : buffer_{buffer}, options_{options}, start_{options.over_tcp ? std::size_t{2} : 0} {
  counted_ = {!header.question_count, !header.answer_count, !header.authority_count,
              !header.additional_count};
  if (buffer.size() < start_) {
    error_ = WriteError::no_room;
    return;
  }
  const Written written = header.write(buffer.subspan(start_), {});
  if (!written) {
    error_ = written.error();
    return;
  }
  size_ = start_ + *written;
  if (options_.over_tcp) store_be(buffer_.data(), static_cast<std::uint16_t>(*written));
}

Written DnsWriter::commit(DnsSection section, const Append& written) noexcept {
  if (written.error()) return std::unexpected{*written.error()};
  const auto index = static_cast<std::size_t>(section);
  std::uint8_t* const message = buffer_.data() + start_;
  if (counted_[index]) {
    std::uint8_t* const count = message + count_offsets[index];
    const auto records = load_be<std::uint16_t>(count);
    if (records == 0xffff) return std::unexpected{WriteError::too_long};
    store_be(count, static_cast<std::uint16_t>(records + 1));
  }
  names_ = written.names();
  name_count_ = written.name_count();
  section_ = section;
  size_ = start_ + written.size();
  if (options_.over_tcp) store_be(buffer_.data(), static_cast<std::uint16_t>(written.size()));
  return written.size() - written.begin();
}

Written DnsWriter::add(const DnsQuestionFields& question) noexcept {
  if (section_ != DnsSection::question) return std::unexpected{WriteError::bad_value};
  Append to{*this};
  to.put_name(question.name);
  to.put(std::to_underlying(question.type));
  to.put(question.class_number);
  return commit(DnsSection::question, to);
}

Written DnsWriter::add(DnsSection section, const DnsRecordFields& record) noexcept {
  if (section < section_ || section == DnsSection::question) {
    return std::unexpected{WriteError::bad_value};
  }
  Append to{*this};
  to.put_name(record.name);
  const DnsType type = record.type.value_or(std::visit(TypeOf{}, record.data));
  to.put(std::to_underlying(type));
  if (const auto* const extension = std::get_if<DnsExtensionData>(&record.data)) {
    to.put(extension->udp_payload_size);
    to.put(extension->extended_response_code);
    to.put(extension->version);
    to.put(static_cast<std::uint16_t>(extension->dnssec_ok ? 0x8000 : 0));
  } else {
    to.put(record.class_number);
    to.put(record.time_to_live);
  }
  to.put_data(type, record.data);
  return commit(section, to);
}

}  // namespace weir::wire
