// Questions and records of DNS, from and to the wire.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "weir/compat/steelscript/dns.h"
#include "weir/wire/dns.h"
#include "weir/wire/dns_name.h"
#include "weir/wire/dns_writer.h"

namespace weir::compat::steelscript {
namespace {

using wire::DnsReader;
using wire::DnsRecord;
using wire::DnsType;

constexpr std::size_t longest_message = 0xffff;

std::optional<std::string> name_at(const DnsReader& reader, std::size_t offset) {
  wire::DnsNameBuffer buffer;
  const auto name = reader.name(offset, buffer);
  if (!name) return std::nullopt;
  return *name == "." ? std::string{} : std::string{*name};
}

// The first dot that ends a label: of a mailbox, what stands for its @.
std::size_t first_dot(std::string_view name) noexcept {
  for (std::size_t at = 0; at < name.size(); ++at) {
    if (name[at] == '\\') {
      ++at;
    } else if (name[at] == '.') {
      return at;
    }
  }
  return std::string_view::npos;
}

// "SOA mname: …, rname: …@…, serial: 1, refresh: 2, retry: 3, expire: 4, minimum: 5"
std::optional<std::string> authority_text(const DnsReader& reader, const DnsRecord& record) {
  const auto start = wire::DnsStartOfAuthority::parse(reader, record);
  if (!start) return std::nullopt;
  const auto primary = name_at(reader, start->primary_offset);
  auto responsible = name_at(reader, start->responsible_offset);
  if (!primary || !responsible) return std::nullopt;
  if (const std::size_t dot = first_dot(*responsible); dot != std::string::npos) {
    (*responsible)[dot] = '@';
  }
  return "SOA mname: " + *primary + ", rname: " + *responsible +
         ", serial: " + std::to_string(start->serial) +
         ", refresh: " + std::to_string(start->refresh) +
         ", retry: " + std::to_string(start->retry) + ", expire: " + std::to_string(start->expire) +
         ", minimum: " + std::to_string(start->minimum);
}

// What stands before `key` is taken off, and what follows it up to the next comma returned.
std::optional<std::string_view> part(std::string_view& text, std::string_view key) {
  if (!text.starts_with(key)) return std::nullopt;
  text.remove_prefix(key.size());
  const std::string_view found = text.substr(0, text.find(','));
  text.remove_prefix(found.size());
  return found;
}

std::optional<std::uint32_t> number_of(std::optional<std::string_view> digits) {
  std::uint32_t value = 0;
  if (!digits) return std::nullopt;
  const char* const end = digits->data() + digits->size();
  const auto [stop, error] = std::from_chars(digits->data(), end, value);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

// The data of that text; `mailbox` holds the name of the responsible.
std::optional<wire::DnsData> authority_data(std::string_view text, std::string& mailbox) {
  const auto primary = part(text, "SOA mname: ");
  const auto responsible = part(text, ", rname: ");
  if (!primary || !responsible) return std::nullopt;
  mailbox = *responsible;
  if (const std::size_t at = mailbox.find('@'); at != std::string::npos) mailbox[at] = '.';
  wire::DnsStartOfAuthorityData data{.primary = *primary, .responsible = mailbox};
  const std::array<std::pair<std::string_view, std::uint32_t*>, 5> numbers{
      {{", serial: ", &data.serial},
       {", refresh: ", &data.refresh},
       {", retry: ", &data.retry},
       {", expire: ", &data.expire},
       {", minimum: ", &data.minimum}}};
  for (const auto& [key, number] : numbers) {
    const auto value = number_of(part(text, key));
    if (!value) return std::nullopt;
    *number = *value;
  }
  return text.empty() ? std::optional<wire::DnsData>{data} : std::nullopt;
}

// Data that begins with `fixed` bytes and ends with a name, which is written out.
std::optional<Octets> with_name(const DnsReader& reader, const DnsRecord& record,
                                std::size_t fixed) {
  if (!record.name_behind(fixed)) return std::nullopt;
  const auto name = name_at(reader, record.data_offset + fixed);
  const auto whole = name ? wire::DnsName::parse(*name) : std::unexpected{wire::DnsNameError{}};
  if (!whole) return std::nullopt;
  Octets data(record.data.begin(), record.data.begin() + static_cast<std::ptrdiff_t>(fixed));
  data.insert(data.end(), whole->bytes().begin(), whole->bytes().end());
  return data;
}

std::variant<std::string, Octets> data_of(const DnsReader& reader, const DnsRecord& record) {
  std::optional<std::string> text;
  std::optional<Octets> octets;
  if (const auto ipv4 = record.ipv4()) {
    text = to_string(*ipv4);
  } else if (const auto ipv6 = record.ipv6()) {
    text = to_string(*ipv6);
  } else if (record.type == DnsType::soa) {
    text = authority_text(reader, record);
  } else if (record.type == DnsType::mx) {
    octets = with_name(reader, record, 2);
  } else if (record.type == DnsType::srv) {
    octets = with_name(reader, record, 6);
  } else if (const auto offset = record.name_in_data(); offset && record.type != DnsType::dname) {
    text = name_at(reader, *offset);
  }
  if (text) return *std::move(text);
  if (octets) return *std::move(octets);
  return Octets(record.data.begin(), record.data.end());
}

std::optional<wire::DnsData> written_data(const DNSResource& record, std::string& mailbox) {
  if (const auto* const octets = std::get_if<Octets>(&record.res_data)) return Bytes{*octets};
  const std::string& text = std::get<std::string>(record.res_data);
  switch (static_cast<DnsType>(record.res_type)) {
    case DnsType::a:
      if (const auto address = parse_ipv4(text)) return *address;
      return std::nullopt;
    case DnsType::aaaa:
      if (const auto address = parse_ipv6(text)) return *address;
      return std::nullopt;
    case DnsType::ns:
    case DnsType::cname:
    case DnsType::ptr:
      return wire::DnsNameData{text};
    case DnsType::soa:
      return authority_data(text, mailbox);
    default:
      return Bytes{reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
  }
}

[[noreturn]] void refuse(const std::string& words) {
  throw Error{ErrorCode::invalid_argument, "cannot write DNS: " + words};
}

/// What `type` takes as data that is text.
const char* wanted_text(DnsType type) noexcept {
  switch (type) {
    case DnsType::a:
      return "no IPv4 address";
    case DnsType::aaaa:
      return "no IPv6 address";
    case DnsType::soa:
      return "no \"SOA mname: ..., rname: ..., serial: ...\"";
    default:
      return "no name";
  }
}

[[noreturn]] void refuse_record(const std::string& where, const DNSResource& record,
                                std::optional<wire::WriteError> error) {
  if (error == wire::WriteError::too_long) refuse(where + " ends beyond 65535 bytes");
  if (error && !wire::DnsName::parse(record.domain_name)) {
    refuse(where + ".domain_name '" + record.domain_name + "' is no name");
  }
  const auto* const text = std::get_if<std::string>(&record.res_data);
  refuse(where + ".res_data '" + (text != nullptr ? *text : "") + "' is " +
         wanted_text(static_cast<DnsType>(record.res_type)));
}

void write_record(wire::DnsWriter& writer, wire::DnsSection section, DNSResource& record,
                  const std::string& where) {
  std::string mailbox;
  const auto data = written_data(record, mailbox);
  if (!data) refuse_record(where, record, std::nullopt);
  const std::size_t start = writer.message().size();
  const wire::Written written = writer.add(section, {.name = record.domain_name,
                                                     .type = static_cast<DnsType>(record.res_type),
                                                     .class_number = record.res_class,
                                                     .time_to_live = record.res_ttl,
                                                     .data = *data});
  if (!written) refuse_record(where, record, written.error());
  // Behind the name: type, class, time to live, and the length.
  const Bytes bytes = Bytes{writer.message()}.subspan(start);
  const std::size_t at = wire::dns_name_length(bytes).value_or(0) + 8;
  record.res_len = load_be<std::uint16_t>(bytes.data() + at);
}

void write_query(wire::DnsWriter& writer, const DNSQuery& query, std::size_t index) {
  const wire::Written written = writer.add({.name = query.query_name,
                                            .type = static_cast<DnsType>(query.query_type),
                                            .class_number = query.query_class});
  if (written) return;
  const std::string where = "queries[" + std::to_string(index) + "]";
  if (written.error() == wire::WriteError::too_long) refuse(where + " ends beyond 65535 bytes");
  refuse(where + ".query_name '" + query.query_name + "' is no name");
}

bool is_same(const DNSQuery& one, const DNSQuery& other) noexcept {
  return one.query_name == other.query_name && one.query_type == other.query_type &&
         one.query_class == other.query_class;
}

/// Its length aside, which is what was written last.
bool is_same(const DNSResource& one, const DNSResource& other) noexcept {
  return one.domain_name == other.domain_name && one.res_type == other.res_type &&
         one.res_class == other.res_class && one.res_ttl == other.res_ttl &&
         one.res_data == other.res_data;
}

bool is_same(const DnsSections& one, const DnsSections& other) noexcept {
  const auto equal = [](const auto& list, const auto& beside) {
    return std::ranges::equal(list, beside,
                              [](const auto& a, const auto& b) { return is_same(a, b); });
  };
  return equal(one.queries, other.queries) && equal(one.answers, other.answers) &&
         equal(one.authority, other.authority) && equal(one.ad, other.ad);
}

}  // namespace

DnsSections DnsSections::read(Bytes bytes) {
  DnsSections sections;
  const auto message = wire::DnsView::parse(bytes);
  if (!message) return sections;
  DnsReader reader{*message};
  for (std::size_t i = 0; i < message->question_count(); ++i) {
    const auto question = reader.next_question();
    const auto name = question ? name_at(reader, question->name_offset) : std::nullopt;
    if (!name) return sections;
    sections.queries.push_back({.query_name = *name,
                                .query_type = std::to_underlying(question->type),
                                .query_class = question->class_number});
  }
  const std::array<std::pair<std::vector<DNSResource>*, std::size_t>, 3> lists{
      {{&sections.answers, message->answer_count()},
       {&sections.authority, message->authority_count()},
       {&sections.ad, message->additional_count()}}};
  for (const auto& [list, count] : lists) {
    for (std::size_t i = 0; i < count; ++i) {
      const auto record = reader.next_record();
      const auto name = record ? name_at(reader, record->name_offset) : std::nullopt;
      if (!name) return sections;
      list->push_back({.domain_name = *name,
                       .res_type = std::to_underlying(record->type),
                       .res_class = record->class_number,
                       .res_ttl = record->time_to_live,
                       .res_len = static_cast<std::uint16_t>(record->data.size()),
                       .res_data = data_of(reader, *record)});
    }
  }
  return sections;
}

wire::DnsFields DnsHeader::fields() const noexcept {
  return {.id = ident,
          .is_response = query_resp != 0,
          .opcode = op_code,
          .authoritative_answer = authoritative != 0,
          .truncated = truncated != 0,
          .recursion_desired = recursion_requested != 0,
          .recursion_available = recursion_available != 0,
          .reserved = reserved_ != 0,
          .authentic_data = authentic_data != 0,
          .checking_disabled = check_disabled != 0,
          .response_code = resp_code,
          .question_count = query_count,
          .answer_count = answer_count,
          .authority_count = auth_count,
          .additional_count = ad_count};
}

void DnsHeader::append_header(Octets& out) const {
  const std::size_t start = out.size();
  out.resize(start + wire::DnsView::min_header_length);
  header_layer::check_written(layer, this, fields().write(MutableBytes{out}.subspan(start), {}));
}

bool DnsHeader::append_as_read(const DnsSections& sections, Octets& out, const Pkt2Net& told,
                               Bytes as_read) {
  const auto message = wire::DnsView::parse(as_read);
  if (!message || !is_same(sections, DnsSections::read(as_read))) return false;
  // What is damaged, and what is no message at all, is as it was whatever is told.
  const bool is_whole = sections.queries.size() == message->question_count() &&
                        sections.answers.size() == message->answer_count() &&
                        sections.authority.size() == message->authority_count() &&
                        sections.ad.size() == message->additional_count();
  if (is_whole && !told.compress) return false;
  if (told.updates()) {
    query_count = message->question_count();
    answer_count = message->answer_count();
    auth_count = message->authority_count();
    ad_count = message->additional_count();
  }
  append_header(out);
  const Bytes behind = message->payload();
  out.insert(out.end(), behind.begin(), behind.end());
  return true;
}

void DnsHeader::append(DnsSections& sections, Octets& out, const Pkt2Net& told, Bytes as_read) {
  if (append_as_read(sections, out, told, as_read)) return;
  if (told.updates()) {
    query_count = static_cast<std::uint16_t>(sections.queries.size());
    answer_count = static_cast<std::uint16_t>(sections.answers.size());
    auth_count = static_cast<std::uint16_t>(sections.authority.size());
    ad_count = static_cast<std::uint16_t>(sections.ad.size());
  }
  const std::size_t start = out.size();
  append_header(out);
  out.resize(start + longest_message);
  wire::DnsWriter writer{MutableBytes{out}.subspan(start), fields(), {.compress = told.compress}};
  for (std::size_t i = 0; i < sections.queries.size(); ++i) {
    write_query(writer, sections.queries[i], i);
  }
  struct List {
    const char* name;
    std::vector<DNSResource>& records;
    wire::DnsSection section;
  };
  for (const auto& [name, records, section] :
       {List{"answers", sections.answers, wire::DnsSection::answer},
        List{"authority", sections.authority, wire::DnsSection::authority},
        List{"ad", sections.ad, wire::DnsSection::additional}}) {
    for (std::size_t i = 0; i < records.size(); ++i) {
      write_record(writer, section, records[i], fmt::format("{}[{}]", name, i));
    }
  }
  out.resize(start + writer.message().size());
}

}  // namespace weir::compat::steelscript
