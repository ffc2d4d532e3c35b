// TCP of steelscript.packets.
#include <algorithm>
#include <array>

#include "weir/compat/steelscript/headers.h"
#include "weir/wire/tcp.h"

namespace weir::compat::steelscript {
namespace {

constexpr std::size_t longest_header = 60;
/// What an ICMP error quotes of a segment at least (RFC 792).
constexpr std::size_t shortest_stub = 8;

/// The flags, the lowest first.
constexpr std::uint8_t TcpHeader::* flags[] = {
    &TcpHeader::flag_fin, &TcpHeader::flag_syn, &TcpHeader::flag_rst,
    &TcpHeader::flag_psh, &TcpHeader::flag_ack, &TcpHeader::flag_urg,
    &TcpHeader::flag_ece, &TcpHeader::flag_cwr, &TcpHeader::flag_ns,
};

constexpr std::array tcp_fields{
    number<&TcpHeader::sport>("sport"),
    number<&TcpHeader::dport>("dport"),
    number<&TcpHeader::sequence>("sequence"),
    number<&TcpHeader::acknowledgment>("acknowledgment"),
    number<&TcpHeader::flag_ns>("flag_ns", 1),
    number<&TcpHeader::flag_cwr>("flag_cwr", 1),
    number<&TcpHeader::flag_ece>("flag_ece", 1),
    number<&TcpHeader::flag_urg>("flag_urg", 1),
    number<&TcpHeader::flag_ack>("flag_ack", 1),
    number<&TcpHeader::flag_psh>("flag_psh", 1),
    number<&TcpHeader::flag_rst>("flag_rst", 1),
    number<&TcpHeader::flag_syn>("flag_syn", 1),
    number<&TcpHeader::flag_fin>("flag_fin", 1),
    computed<&TcpHeader::get_flags, &TcpHeader::set_flags>("flags", FieldKind::number, 0x1ff),
    number<&TcpHeader::window>("window"),
    number<&TcpHeader::checksum>("checksum"),
    number<&TcpHeader::urg_ptr>("urg_ptr"),
    computed<&TcpHeader::get_options, &TcpHeader::set_options>("options", FieldKind::octets, 40),
    // Behind the options, which set it too: given both, this one stands.
    number<&TcpHeader::data_offset>("data_offset", 15, 5),
    payload_length<&TcpHeader::ws_len>("ws_len"),
};
constexpr Query tcp_queries[] = {
    {"tcp.srcport", "sport"},        {"tcp.dstport", "dport"},
    {"tcp.seq", "sequence"},         {"tcp.ack", "acknowledgment"},
    {"tcp.hdr_len", "data_offset"},  {"tcp.len", "ws_len"},
    {"tcp.flags", "flags"},          {"tcp.flags.urg", "flag_urg"},
    {"tcp.flags.ack", "flag_ack"},   {"tcp.flags.push", "flag_psh"},
    {"tcp.flags.reset", "flag_rst"}, {"tcp.flags.syn", "flag_syn"},
    {"tcp.flags.fin", "flag_fin"},   {"tcp.window_size_value", "window"},
    {"tcp.checksum", "checksum"},    {"tcp.urgent_pointer", "urg_ptr"},
    {"tcp.payload", "payload"},      {"tcp.payload.offset[x:y]", "payload"},
};

std::uint16_t number_of(std::size_t length) noexcept {
  return static_cast<std::uint16_t>(std::min<std::size_t>(length, 0xffff));
}

}  // namespace

constinit const LayerClass TcpHeader::layer = layer_class<TcpHeader>({.name = "TCP",
                                                                      .pq_type = 6,
                                                                      .fields = tcp_fields,
                                                                      .queries = tcp_queries,
                                                                      .payload_name = "payload",
                                                                      .payload_query = "tcp"});

std::uint16_t TcpHeader::get_flags() const noexcept {
  std::uint16_t number = 0;
  for (std::size_t bit = 0; bit < std::size(steelscript::flags); ++bit) {
    number |= static_cast<std::uint16_t>((this->*steelscript::flags[bit] & 1U) << bit);
  }
  return number;
}

void TcpHeader::set_flags(std::uint16_t number) noexcept {
  for (std::size_t bit = 0; bit < std::size(steelscript::flags); ++bit) {
    this->*steelscript::flags[bit] = number >> bit & 1;
  }
}

std::expected<Rest, wire::ParseError> TcpHeader::read(Bytes bytes) {
  std::array<std::uint8_t, wire::TcpView::min_header_length> whole{};
  const bool is_stub = bytes.size() >= shortest_stub && bytes.size() < whole.size();
  if (is_stub) {
    std::ranges::copy(bytes, whole.begin());
    whole[12] = static_cast<std::uint8_t>(5 << 4 | (whole[12] & 0x0f));
  }
  const auto header = wire::TcpView::parse_snapped(is_stub ? Bytes{whole} : bytes, longest_header);
  if (!header) return std::unexpected{header.error()};
  sport = header->source_port();
  dport = header->destination_port();
  sequence = header->sequence_number();
  acknowledgment = header->acknowledgment_number();
  reserved_ = header->reserved() >> 1;
  set_flags(header->flags());
  window = header->window();
  checksum = header->checksum();
  urg_ptr = header->urgent_pointer();
  const Bytes options = header->options().bytes();
  options_.assign(options.begin(), options.end());
  data_offset = static_cast<std::uint8_t>(header->header_length() / 4);
  if (is_stub && bytes.size() > 12) data_offset = bytes[12] >> 4;
  const bool is_cut = is_stub || header->header_length() > bytes.size();
  stub_ = static_cast<std::uint8_t>(is_cut ? bytes.size() : 0);
  const Bytes payload = is_cut ? Bytes{} : header->payload();
  ws_len = number_of(payload.size());
  return Rest{.payload = payload};
}

wire::Written TcpHeader::write(MutableBytes message, const Pkt2Net& told) noexcept {
  wire::TcpFields fields{.source_port = sport,
                         .destination_port = dport,
                         .sequence_number = sequence,
                         .acknowledgment_number = acknowledgment,
                         .data_offset = data_offset,
                         .reserved = reserved_,
                         .flags = get_flags(),
                         .window = window,
                         .checksum = checksum,
                         .urgent_pointer = urg_ptr,
                         .options = options_};
  if (stub_ != 0) {
    std::array<std::uint8_t, longest_header + 4> whole{};
    const wire::Written written = fields.write(whole, {});
    if (written) std::copy_n(whole.begin(), stub_, message.begin());
    return written;
  }
  ws_len = number_of(message.size() - header_length());
  const wire::Written written = fields.write(message, {});
  if (written && told.sums()) {
    wire::TcpFields::seal(message, told.pseudo_header().sum(message.size()));
    checksum = load_be<std::uint16_t>(message.data() + 16);
  }
  return written;
}

}  // namespace weir::compat::steelscript
