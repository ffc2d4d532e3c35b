// The header of DNS of steelscript.packets, and what it may hold.
#include <algorithm>
#include <array>

#include "weir/compat/steelscript/dns.h"
#include "weir/wire/dns.h"

namespace weir::compat::steelscript {
namespace {

constexpr std::size_t longest_name = 253;
constexpr std::size_t longest_label = 63;

constexpr std::array dns_fields{
    number<&DnsHeader::ident>("ident"),
    number<&DnsHeader::query_resp>("query_resp", 1),
    number<&DnsHeader::op_code>("op_code", 15),
    number<&DnsHeader::authoritative>("authoritative", 1),
    number<&DnsHeader::truncated>("truncated", 1),
    number<&DnsHeader::recursion_requested>("recursion_requested", 1),
    number<&DnsHeader::recursion_available>("recursion_available", 1),
    number<&DnsHeader::authentic_data>("authentic_data", 1),
    number<&DnsHeader::check_disabled>("check_disabled", 1),
    number<&DnsHeader::resp_code>("resp_code", 15),
    number<&DnsHeader::query_count>("query_count"),
    number<&DnsHeader::answer_count>("answer_count"),
    number<&DnsHeader::auth_count>("auth_count"),
    number<&DnsHeader::ad_count>("ad_count"),
};
constexpr Query dns_queries[] = {
    {"dns.ident", "ident"},
    {"dns.query_resp", "query_resp"},
    {"dns.op_code", "op_code"},
    {"dns.authoritative", "authoritative"},
    {"dns.truncated", "truncated"},
    {"dns.recursion_requested", "recursion_requested"},
    {"dns.recursion_available", "recursion_available"},
    {"dns.authentic_data", "authentic_data"},
    {"dns.check_disabled", "check_disabled"},
    {"dns.resp_code", "resp_code"},
    {"dns.query_count", "query_count"},
    {"dns.answer_count", "answer_count"},
    {"dns.auth_count", "auth_count"},
    {"dns.ad_count", "ad_count"},
};
constexpr std::uint16_t dns_ports[] = {wire::dns_port};

bool is_label(std::string_view label) noexcept {
  const auto is_allowed = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '_';
  };
  return !label.empty() && label.size() <= longest_label && label.front() != '-' &&
         label.back() != '-' && std::ranges::all_of(label, is_allowed);
}

}  // namespace

bool is_domain_name(std::string_view name) noexcept {
  if (name.ends_with('.')) name.remove_suffix(1);
  if (name.empty()) return true;
  if (name.size() > longest_name) return false;
  for (std::size_t dot = name.find('.'); dot != std::string_view::npos; dot = name.find('.')) {
    if (!is_label(name.substr(0, dot))) return false;
    name.remove_prefix(dot + 1);
  }
  return is_label(name);
}

constinit const LayerClass DnsHeader::layer = layer_class<DnsHeader>({.name = "DNS",
                                                                      .pq_type = 53,
                                                                      .fields = dns_fields,
                                                                      .queries = dns_queries,
                                                                      .ports = dns_ports});

std::expected<Rest, wire::ParseError> DnsHeader::read(Bytes bytes) noexcept {
  const auto message = wire::DnsView::parse(bytes);
  if (!message) return std::unexpected{message.error()};
  ident = message->id();
  query_resp = message->is_response() ? 1 : 0;
  op_code = message->opcode();
  authoritative = message->authoritative_answer() ? 1 : 0;
  truncated = message->truncated() ? 1 : 0;
  recursion_requested = message->recursion_desired() ? 1 : 0;
  recursion_available = message->recursion_available() ? 1 : 0;
  reserved_ = message->reserved() ? 1 : 0;
  authentic_data = message->authentic_data() ? 1 : 0;
  check_disabled = message->checking_disabled() ? 1 : 0;
  resp_code = message->response_code();
  query_count = message->question_count();
  answer_count = message->answer_count();
  auth_count = message->authority_count();
  ad_count = message->additional_count();
  return Rest{.payload = message->payload()};
}

DNS::DNS(Bytes bytes) {
  assign_or_refuse(bytes);
  static_cast<DnsSections&>(*this) = DnsSections::read(bytes);
  as_read_.assign(bytes.begin(), bytes.end());
}

void DNS::append(Octets& out, const Pkt2Net& told) {
  DnsHeader::append(*this, out, told, as_read_);
}

}  // namespace weir::compat::steelscript
