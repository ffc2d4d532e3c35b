// ICMP of steelscript.packets.
#include <array>

#include "weir/compat/steelscript/headers.h"
#include "weir/wire/icmp.h"

namespace weir::compat::steelscript {
namespace {

using wire::IcmpType;

constexpr std::size_t timestamps_length = 12;

constexpr std::array icmp_fields{
    number<&IcmpHeader::type>("type"),
    number<&IcmpHeader::code>("code"),
    number<&IcmpHeader::checksum>("checksum"),
    number<&IcmpHeader::identifier>("identifier"),
    number<&IcmpHeader::sequence>("sequence"),
    number<&IcmpHeader::mtu>("mtu"),
    number<&IcmpHeader::pointer>("pointer"),
    attribute<&IcmpHeader::address>("address", FieldKind::ipv4),
    number<&IcmpHeader::orig_ts>("orig_ts"),
    number<&IcmpHeader::rec_ts>("rec_ts"),
    number<&IcmpHeader::trans_ts>("trans_ts"),
    attribute<&IcmpHeader::echo_data>("echo_data", FieldKind::octets),
    attribute<&IcmpHeader::data>("data", FieldKind::octets),
    computed<&IcmpHeader::data_time>("data_time", FieldKind::octets),
};
constexpr Query icmp_queries[] = {
    {"icmp.checksum", "checksum"}, {"icmp.code", "code"},
    {"icmp.seq", "sequence"},      {"icmp.mtu", "mtu"},
    {"icmp.ident", "identifier"},  {"icmp.originate_timestamp", "orig_ts"},
    {"icmp.pointer", "pointer"},   {"icmp.receive_timestamp", "rec_ts"},
    {"icmp.redir_gw", "address"},  {"icmp.transmit_timestamp", "trans_ts"},
    {"icmp.type", "type"},         {"icmp.data_time", "data_time"},
};

}  // namespace

constinit const LayerClass IcmpHeader::layer = layer_class<IcmpHeader>({.name = "ICMP",
                                                                        .pq_type = 3,
                                                                        .fields = icmp_fields,
                                                                        .queries = icmp_queries,
                                                                        .payload_name = "hdr_pkt"});

bool IcmpHeader::is_error() const noexcept {
  switch (static_cast<IcmpType>(type)) {
    case IcmpType::destination_unreachable:
    case IcmpType::source_quench:
    case IcmpType::redirect:
    case IcmpType::time_exceeded:
    case IcmpType::parameter_problem:
      return true;
    default:
      return false;
  }
}

bool IcmpHeader::is_echo() const noexcept {
  switch (static_cast<IcmpType>(type)) {
    case IcmpType::echo_reply:
    case IcmpType::echo:
    case IcmpType::information_request:
    case IcmpType::information_reply:
      return true;
    default:
      return false;
  }
}

bool IcmpHeader::is_timestamp() const noexcept {
  const auto kind = static_cast<IcmpType>(type);
  return kind == IcmpType::timestamp || kind == IcmpType::timestamp_reply;
}

std::string IcmpHeader::data_time() const noexcept {
  if (!is_echo() || echo_data.size() < 8) return "0.0";
  const std::string parts = std::to_string(load_be<std::uint32_t>(echo_data.data() + 4));
  return std::to_string(load_be<std::uint32_t>(echo_data.data())) + "." +
         std::string(parts.size() < 6 ? 6 - parts.size() : 0, '0') + parts;
}

std::expected<Rest, wire::ParseError> IcmpHeader::read(Bytes bytes) {
  const auto message = wire::IcmpView::parse(bytes);
  if (!message) return std::unexpected{message.error()};
  type = static_cast<std::uint8_t>(message->type());
  code = message->code();
  checksum = message->checksum();
  rest_ = message->rest_of_header();
  Bytes body = message->payload();
  const auto take = [&body] {
    const auto value = load_be<std::uint32_t>(body.data());
    body = body.subspan(sizeof value);
    return value;
  };
  if (is_timestamp() && body.size() < timestamps_length) {
    return std::unexpected{wire::ParseError::truncated};
  }
  if (is_echo() || is_timestamp()) {
    identifier = message->identifier();
    sequence = message->sequence_number();
  }
  if (is_timestamp()) {
    orig_ts = take();
    rec_ts = take();
    trans_ts = take();
  }
  if (is_error()) {
    if (message->type() == IcmpType::destination_unreachable) mtu = message->next_hop_mtu();
    if (message->type() == IcmpType::parameter_problem) pointer = message->pointer();
    if (message->type() == IcmpType::redirect) address = message->gateway();
    return Rest{.payload = body};
  }
  (is_echo() ? echo_data : data).assign(body.begin(), body.end());
  return Rest{};
}

std::size_t IcmpHeader::header_length() const noexcept {
  constexpr std::size_t fixed = wire::IcmpView::min_header_length;
  if (is_error()) return fixed;
  if (is_echo()) return fixed + echo_data.size();
  return fixed + (is_timestamp() ? timestamps_length : 0) + data.size();
}

std::uint32_t IcmpHeader::written_rest() const noexcept {
  if (is_echo() || is_timestamp()) return std::uint32_t{identifier} << 16 | sequence;
  switch (static_cast<IcmpType>(type)) {
    case IcmpType::destination_unreachable:
      return (rest_ & 0xffff0000U) | mtu;
    case IcmpType::redirect:
      return load_be<std::uint32_t>(address.octets.data());
    case IcmpType::parameter_problem:
      return (rest_ & 0x00ffffffU) | std::uint32_t{pointer} << 24;
    default:
      return rest_;
  }
}

wire::Written IcmpHeader::write(MutableBytes message, const Pkt2Net& told) noexcept {
  const wire::IcmpFields fields{.type = static_cast<IcmpType>(type),
                                .code = code,
                                .checksum = checksum,
                                .rest_of_header = written_rest()};
  const wire::Written written = fields.write(message, {});
  if (!written) return written;
  MutableBytes body = message.subspan(*written);
  if (is_timestamp()) {
    for (const std::uint32_t time : {orig_ts, rec_ts, trans_ts}) {
      store_be(body.data(), time);
      body = body.subspan(sizeof time);
    }
  }
  if (!is_error()) wire::store_bytes(body.data(), is_echo() ? echo_data : data);
  if (told.sums()) {
    wire::IcmpFields::seal(message, {});
    checksum = load_be<std::uint16_t>(message.data() + 2);
  }
  return written;
}

std::optional<Pkt2Net> IcmpHeader::inner(const Pkt2Net& told) const noexcept {
  if (!is_error()) return std::nullopt;
  Pkt2Net inner = told;
  inner.for_icmp = true;
  return inner;
}

}  // namespace weir::compat::steelscript
