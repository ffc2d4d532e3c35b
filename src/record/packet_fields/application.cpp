// Fields of DNS messages and TLS records.
#include "record/packet_fields.h"
#include "weir/wire/dns.h"
#include "weir/wire/tls.h"

namespace weir::record {
namespace {

using namespace wire;  // NOLINT(google-build-using-namespace): the tables are about its views

// Compressed names can make a message hundreds of times longer as text.
constexpr std::size_t max_listed = 64;

void write_type(ValueVisitor& to, DnsType type) {
  const std::string_view word = name(type);
  if (word.empty()) {
    to.member("type", std::to_string(std::to_underlying(type)));
  } else {
    to.member("type", word);
  }
}

bool write_name(ValueVisitor& to, std::string_view key, const DnsReader& reader,
                std::size_t offset) {
  DnsNameBuffer buffer;
  const auto text = reader.name(offset, buffer);
  if (text) to.member(key, *text);
  return text.has_value();
}

void write_questions(ValueVisitor& to, const DnsView& message) {
  DnsReader reader{message};
  to.begin_array();
  for (std::size_t i = 0; i < max_listed; ++i) {
    const auto question = reader.next_question();
    if (!question) break;
    to.begin_object();
    write_name(to, "name", reader, question->name_offset);
    write_type(to, question->type);
    to.member("class", std::uint64_t{question->class_number});
    to.end_object();
  }
  to.end_array();
}

// What people ask for, readable; everything else as it stands.
void write_data(ValueVisitor& to, const DnsReader& reader, const DnsRecord& record) {
  const Bytes data = record.data;
  if (const auto address = record.ipv4()) {
    to.member("address", *address);
  } else if (const auto address6 = record.ipv6()) {
    to.member("address", *address6);
  } else {
    const auto name_offset = record.name_in_data();
    if (name_offset && write_name(to, "target", reader, *name_offset)) return;
    to.member("data", data);
  }
}

void write_answers(ValueVisitor& to, const DnsView& message) {
  DnsReader reader{message};
  to.begin_array();
  for (std::size_t i = 0; i < max_listed && i < message.answer_count(); ++i) {
    const auto record = reader.next_record();
    if (!record) break;
    to.begin_object();
    write_name(to, "name", reader, record->name_offset);
    write_type(to, record->type);
    to.member("class", std::uint64_t{record->class_number});
    to.member("ttl", std::uint64_t{record->time_to_live});
    write_data(to, reader, *record);
    to.end_object();
  }
  to.end_array();
}

constexpr std::array dns{
    of<DnsView, &DnsView::id>("id", "message identifier"),
    of<DnsView, &DnsView::is_response>("response", "QR bit"),
    of<DnsView, &DnsView::opcode>("opcode", "0 query, 4 notify, 5 update"),
    of<DnsView, &DnsView::authoritative_answer>("authoritative_answer", "AA bit"),
    of<DnsView, &DnsView::truncated>("truncated", "TC bit"),
    of<DnsView, &DnsView::recursion_desired>("recursion_desired", "RD bit"),
    of<DnsView, &DnsView::recursion_available>("recursion_available", "RA bit"),
    of<DnsView, &DnsView::authentic_data>("authentic_data", "AD bit"),
    of<DnsView, &DnsView::checking_disabled>("checking_disabled", "CD bit"),
    of<DnsView, &DnsView::response_code>("response_code", "RCODE; 0 no error, 3 no such domain"),
    of<DnsView, &DnsView::question_count>("question_count", "QDCOUNT"),
    of<DnsView, &DnsView::answer_count>("answer_count", "ANCOUNT"),
    of<DnsView, &DnsView::authority_count>("authority_count", "NSCOUNT"),
    of<DnsView, &DnsView::additional_count>("additional_count", "ARCOUNT"),
    RecordField<DnsView>{"questions", FieldKind::objects,
                         "`name`, `type` (word or number as text), `class`; the first 64",
                         write_questions},
    RecordField<DnsView>{"answers", FieldKind::objects,
                         "`name`, `type`, `class`, `ttl`, and `address`, `target` or `data` in "
                         "hex; the first 64",
                         write_answers}};

constexpr std::array tls{
    of<TlsRecordView, &TlsRecordView::content_type>(
        "content_type", "20 change cipher spec, 21 alert, 22 handshake, 23 data"),
    of<TlsRecordView, &TlsRecordView::legacy_record_version>("legacy_record_version",
                                                             "0x0303 for TLS 1.2 and later"),
    of<TlsRecordView, &TlsRecordView::length>("length", "bytes of the fragment"),
    RecordField<TlsRecordView>{"server_name", FieldKind::text, "of a ClientHello (RFC 6066 3)",
                               [](const TlsRecordView& record) -> Value {
                                 const auto name = tls_server_name(record.bytes());
                                 if (!name) return {};
                                 return *name;
                               }}};

constexpr std::array tables{
    entry<DnsView, dns>(Protocol::dns, "Domain Name System (RFC 1035)"),
    entry<TlsRecordView, tls>(Protocol::tls, "Transport Layer Security record (RFC 8446)")};

}  // namespace

std::span<const ProtocolFields> application_fields() noexcept { return tables; }

}  // namespace weir::record
