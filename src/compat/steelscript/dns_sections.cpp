// Questions and records of DNS, from and to the wire.
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

wire::Written write_record(wire::DnsWriter& writer, wire::DnsSection section, DNSResource& record) {
  std::string mailbox;
  const auto data = written_data(record, mailbox);
  if (!data) return std::unexpected{wire::WriteError::bad_value};
  const std::size_t start = writer.message().size();
  const wire::Written written = writer.add(section, {.name = record.domain_name,
                                                     .type = static_cast<DnsType>(record.res_type),
                                                     .class_number = record.res_class,
                                                     .time_to_live = record.res_ttl,
                                                     .data = *data});
  if (!written) return written;
  // Behind the name: type, class, time to live, and the length.
  const Bytes bytes = Bytes{writer.message()}.subspan(start);
  const std::size_t at = wire::dns_name_length(bytes).value_or(0) + 8;
  record.res_len = load_be<std::uint16_t>(bytes.data() + at);
  return written;
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

wire::Written DnsHeader::append(DnsSections& sections, Octets& out, const Pkt2Net& told) {
  if (told.updates()) {
    query_count = static_cast<std::uint16_t>(sections.queries.size());
    answer_count = static_cast<std::uint16_t>(sections.answers.size());
    auth_count = static_cast<std::uint16_t>(sections.authority.size());
    ad_count = static_cast<std::uint16_t>(sections.ad.size());
  }
  const wire::DnsFields header{.id = ident,
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
  const std::size_t start = out.size();
  out.resize(start + longest_message);
  wire::DnsWriter writer{MutableBytes{out}.subspan(start), header, {.compress = told.compress}};
  wire::Written written = writer.message().size();
  if (writer.message().empty()) written = std::unexpected{wire::WriteError::bad_value};
  for (const DNSQuery& query : sections.queries) {
    if (!written) break;
    written = writer.add({.name = query.query_name,
                          .type = static_cast<DnsType>(query.query_type),
                          .class_number = query.query_class});
  }
  const std::array<std::pair<std::vector<DNSResource>*, wire::DnsSection>, 3> lists{
      {{&sections.answers, wire::DnsSection::answer},
       {&sections.authority, wire::DnsSection::authority},
       {&sections.ad, wire::DnsSection::additional}}};
  for (const auto& [list, section] : lists) {
    for (DNSResource& record : *list) {
      if (written) written = write_record(writer, section, record);
    }
  }
  out.resize(start + (written ? writer.message().size() : 0));
  return written;
}

}  // namespace weir::compat::steelscript
