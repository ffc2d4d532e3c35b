// IPv4 (RFC 791) and what its protocol field names.
#include "print/printer.h"
#include "weir/wire/option_list.h"

namespace weir::print {
namespace {

constexpr std::size_t min_header = 20;

constexpr Name flag_names[] = {{0x2000, "+"}, {0x4000, "DF"}, {0x8000, "rsvd"}};

constexpr Name option_names[] = {
    // NOLINT(modernize-avoid-c-arrays)
    {0, "EOL"},        {1, "NOP"},    {7, "RR"},     {68, "timestamp"}, {82, "traceroute"},
    {130, "security"}, {131, "LSRR"}, {137, "SSRR"}, {148, "RA"},
};

constexpr Name protocol_names[] = {
// NOLINT(modernize-avoid-c-arrays)
#include "print/ip_protocols.inc"
};

void put_route(Line& line, const Header& option, std::size_t length) {
  if (length < 3) return line.print(" [bad length {}]", length);
  if (((length + 1) & 3) != 0) line.print(" [bad length {}]", length);
  const int pointer = option.u8(2) - 1;
  if (pointer < 3 || ((pointer + 1) & 3) != 0 || pointer > static_cast<int>(length) + 1) {
    line.print(" [bad ptr {}]", option.u8(2));
  }
  for (std::size_t at = 3; at < length && !line.is_cut(); at += 4) {
    const Ipv4Address address = option.v4(at);
    line.put(' ');
    line.put(address);
    if (pointer > static_cast<int>(at)) line.put(',');
  }
}

void put_timestamps(Line& line, const Header& option, std::size_t length) {
  if (length < 4) return line.print("[bad length {}]", length);
  line.put(" TS{");
  const unsigned kind = option.u8(3) & 15U;
  const std::size_t hop = kind != 0 ? 8 : 4;
  if (((length - 4) & (hop - 1)) != 0) line.print("[bad length {}]", length);
  const int pointer = option.u8(2) - 1;
  std::size_t at = 0;
  if (pointer < 4 || ((static_cast<std::size_t>(pointer) - 4) & (hop - 1)) != 0 ||
      pointer > static_cast<int>(length) + 1) {
    line.print("[bad ptr {}]", option.u8(2));
  }
  const std::string_view name = kind == 0   ? "TSONLY"
                                : kind == 1 ? "TS+ADDR"
                                : kind == 3 ? "PRESPEC"
                                            : "";
  if (name.empty()) {
    line.print("[bad ts type {}]", kind);
  } else {
    line.put(name);
    for (at = 4; at < length && !line.is_cut(); at += hop) {
      line.put(pointer == static_cast<int>(at) ? " ^ " : " ");
      line.print("{}@", option.u32(at + hop - 4));
      if (hop == 8) line.put(option.v4(at));
    }
  }
  if (pointer == static_cast<int>(at)) line.put(" ^ ");
  if (option.u8(3) >> 4 != 0) {
    line.print(" [{} hops not recorded]}} ", option.u8(3) >> 4);
  } else {
    line.put('}');
  }
}

/// RFC 2113.
void put_router_alert(Line& line, const Header& option, std::size_t length) {
  if (length < 4) return line.print(" [bad length {}]", length);
  if (option.u16(2) != 0) line.print(" value {}", option.u16(2));
}

void put_option_value(Line& line, std::uint8_t kind, const Header& option, std::size_t length) {
  switch (kind) {
    case 7:    // record route
    case 131:  // loose source route
    case 137:  // strict source route
      return put_route(line, option, length);
    case 68:
      return put_timestamps(line, option, length);
    case 148:
      return put_router_alert(line, option, length);
    default:
      return;
  }
}

}  // namespace

std::string_view ip_protocol_name(std::uint8_t protocol) noexcept {
  return name_in(protocol_names, protocol);
}

void Printer::put_addresses() {
  line_.put(ip_.source);
  line_.put(" > ");
  line_.put(ip_.destination);
  line_.put(": ");
}

void Printer::ipv4(const Header& header) {
  line_.reading("ip");
  const unsigned version = header.u8(0) >> 4U;
  if (version != 4) {
    line_.print("IP{}{} (invalid)", version,
                version == 6 ? ", wrong link-layer encapsulation" : "");
    return;
  }
  if (!options_.link_header) line_.put("IP ");
  if (!header.need(0, min_header)) return;
  if (header.length() < min_header) return line_.print("truncated-ip {}", header.length());
  const std::size_t header_length = (header.u8(0) & 15U) * std::size_t{4};
  if (header_length < min_header) return line_.print("bad-hlen {}", header_length);
  const std::size_t stated = header.u16(2);
  if (header.length() < stated) {
    line_.print("truncated-ip - {} bytes missing! ", stated - header.length());
  }
  if (stated != 0 && stated < header_length) return line_.print("bad-len {}", stated);
  const Header datagram = header.claiming(datagram_length(stated, header));
  const std::uint16_t fragment = header.u16(6);
  const std::uint8_t protocol = header.u8(9);
  ip_ = {.version = 4,
         .source = header.v4(12),
         .destination = header.v4(16),
         .hop_limit = header.u8(8),
         .direct = true,
         .fragmented = (fragment & 0x2000) != 0};
  if (verbose()) ipv4_details(datagram, header_length);
  if (line_.is_cut()) return;
  if ((fragment & 0x1fff) != 0) {
    put_addresses();
    line_.out().pop_back();
    return line_.print(" ip-proto-{}", protocol);
  }
  if (!ip_protocol::has_ports(protocol)) put_addresses();  // the transport joins the ports
  if (!datagram.holds(0, header_length)) {
    line_.print(" [remaining caplen({}) < header length({})]", datagram.captured().size(),
                header_length);
    return line_.cut();
  }
  behind_ip(protocol, datagram.from(header_length));
}

void Printer::ipv4_details(const Header& header, std::size_t header_length) {
  static constexpr std::string_view congestion[] = {"", ",ECT(1)", ",ECT(0)", ",CE"};
  const std::uint8_t service = header.u8(1);
  line_.print("(tos 0x{:x}{}", service, congestion[service & 3]);
  if (header.u8(8) != 0) line_.print(", ttl {}", header.u8(8));
  const std::uint16_t fragment = header.u16(6);
  line_.print(", id {}, offset {}, flags [", header.u16(4), (fragment & 0x1fff) * 8);
  put_bits(line_, flag_names, fragment & 0xe000U, "none", ", ");
  const std::string_view name = ip_protocol_name(header.u8(9));
  line_.print("], proto {} ({}), length {}", name.empty() ? "unknown" : name, header.u8(9),
              header.u16(2));
  bool whole = true;
  if (header_length > min_header) {
    line_.put(", options (");
    whole = ipv4_options(header.from(min_header).first(header_length - min_header));
    if (!whole) line_.put(" [truncated-option]");
    line_.put(')');
  }
  if (const Checksum found = checksum(); found.bad()) {
    line_.print(", bad cksum {:x} (->{:x})!", header.u16(10), found.expected);
  }
  line_.put(")\n    ");
  if (!whole) {
    put_addresses();
    line_.cut();
  }
}

/// False if an option goes beyond the captured bytes.
bool Printer::ipv4_options(const Header& options) {
  std::size_t at = 0;
  std::size_t size = 0;
  for (; at < options.length() && !line_.is_cut(); at += size) {
    if (at != 0) line_.put(',');
    const std::uint8_t kind = options.u8(at);
    const std::string_view name = name_in(option_names, kind);
    if (name.empty()) {
      line_.print("unknown {}", kind);
    } else {
      line_.put(name);
    }
    size = kind <= wire::HeaderOption::no_operation ? 1U : options.u8(at + 1);
    if (line_.is_cut()) return true;
    if ((size < 2 && kind > wire::HeaderOption::no_operation) || size > options.length() - at) {
      line_.print(" [bad length {}]", size);
      return true;
    }
    if (!options.holds(at, size)) return false;
    if (kind == wire::HeaderOption::end_of_list) return true;
    put_option_value(line_, kind, options.from(at).first(size), size);
  }
  return true;
}

void Printer::behind_ip(std::uint8_t protocol, const Header& rest) {
  if (protocol == ip_protocol::no_next_header) return line_.put("no next header");
  if (!agreed_) return;
  // IPv6's extension headers have no business in IPv4, and version 3 of L2TP has another header.
  const bool misplaced =
      ip_.version == 4 && protocol != ip_protocol::ah && ip_protocol::is_extension(protocol);
  if (misplaced || protocol == ip_protocol::l2tp || !follow(rest)) {
    unknown_ip_protocol(protocol, rest);
  }
}

void Printer::unknown_ip_protocol(std::uint8_t protocol, const Header& rest) {
  line_.print(" ip-proto-{} {}", protocol, rest.length());
}

}  // namespace weir::print
