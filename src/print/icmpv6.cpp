// ICMPv6 (RFC 4443) and multicast listener discovery (RFC 2710, RFC 3810).
#include "print/icmpv6.h"

#include "print/group_records.h"

namespace weir::print {
namespace {

constexpr Name types[] = {
    // NOLINT(modernize-avoid-c-arrays)
    {1, "destination unreachable"},
    {2, "packet too big"},
    {3, "time exceeded in-transit"},
    {4, "parameter problem"},
    {128, "echo request"},
    {129, "echo reply"},
    {130, "multicast listener query"},
    {131, "multicast listener report"},
    {132, "multicast listener done"},
    {133, "router solicitation"},
    {134, "router advertisement"},
    {135, "neighbor solicitation"},
    {136, "neighbor advertisement"},
    {137, "redirect"},
    {138, "router renumbering"},
    {139, "who-are-you request"},
    {140, "who-are-you reply"},
    {141, "inverse neighbor solicitation"},
    {142, "inverse neighbor advertisement"},
    {143, "multicast listener report v2"},
    {144, "dhaad request"},
    {145, "dhaad reply"},
    {146, "mobile router solicitation"},
    {147, "mobile router advertisement"},
    {155, "RPL"},
};

constexpr Name unreachable[] = {
    // NOLINT(modernize-avoid-c-arrays)
    {0, "unreachable route"},   {1, " unreachable prohibited"}, {2, "beyond scope"},
    {3, "unreachable address"}, {4, "unreachable port"},
};

/// The transport header in the quoted datagram at 8: its protocol and where it stands.
struct QuotedPort {
  std::uint8_t protocol = 0;
  std::uint16_t port = 0;
  bool found = false;
};

QuotedPort quoted_port(const Header& header) {
  constexpr std::size_t quote = 8;
  if (!header.holds(quote, 40)) return {};
  std::uint8_t protocol = header.u8(quote + 6);
  std::size_t at = quote + 40;
  for (int i = 0; i < 8; ++i) {
    if (protocol == ip_protocol::tcp || protocol == ip_protocol::udp) {
      if (!header.holds(at, 4)) return {};
      return {protocol, header.u16(at + 2), true};
    }
    const bool is_fragment = protocol == ip_protocol::ipv6_fragment;
    if (!is_fragment && protocol != ip_protocol::hop_by_hop &&
        protocol != ip_protocol::ipv6_routing && protocol != ip_protocol::ipv6_destination) {
      return {protocol, 0, true};
    }
    if (!header.holds(at, 8)) return {};
    const std::uint8_t following = header.u8(at);
    // RFC 8200 4.5: behind a fragment header that is not the first there is no transport header.
    if (is_fragment && (header.u16(at + 2) & 0xfff8) != 0) return {};
    at += is_fragment ? 8 : (header.u8(at + 1) + 1U) * 8U;
    protocol = following;
  }
  return {};
}

void put_unreachable(Line& line, const Header& header) {
  const unsigned code = header.u8(1);
  const std::string_view name = name_in(unreachable, code);
  line.put(", ");
  if (name.empty()) {
    line.print("unknown unreach code ({})", code);
  } else {
    line.put(name);
  }
  if (code == 4) {
    const QuotedPort quoted = quoted_port(header);
    if (!quoted.found) return line.cut();
    line.put(", ");
    line.put(header.v6(8 + 24));
    if (quoted.protocol == ip_protocol::tcp) return line.print(" tcp port {}", quoted.port);
    if (quoted.protocol == ip_protocol::udp) return line.print(" udp port {}", quoted.port);
    return line.print(" protocol {} port {}", quoted.protocol, quoted.port);
  }
  if (code > 3) return;
  const Ipv6Address destination = header.v6(8 + 24);
  line.put(' ');
  line.put(destination);
}

void put_problem(Line& line, const Header& header) {
  if (!header.need(8, 40)) return;
  const unsigned code = header.u8(1);
  static constexpr std::string_view what[] = {"erroneous", "next header", "option"};
  if (code < 3) return line.print(", {} - octet {}", what[code], header.u32(4));
  if (code == 3) return line.print(", incomplete header chain - octet {}", header.u32(4));
  line.print(", code-#{}", code);
}

void put_exceeded(Line& line, const Header& header) {
  const unsigned code = header.u8(1);
  if (code == 0) {
    const Ipv6Address destination = header.v6(8 + 24);
    line.put(" for ");
    return line.put(destination);
  }
  if (code == 1) return line.put(" (reassembly)");
  line.print(", unknown code ({})", code);
}

void put_listener(Line& line, const Header& header) {
  const std::uint16_t delay = header.u16(4);
  line.print("max resp delay: {} ", delay);
  const Ipv6Address address = header.v6(8);
  line.put("addr: ");
  line.put(address);
}

void put_query(Line& line, const Header& header, unsigned verbosity) {
  if (header.length() < 28) return line.print(" [invalid len {}]", header.length());
  line.put(" v2");
  const unsigned code = header.u16(4);
  const unsigned delay =
      code < 32768 ? code : ((code & 0x0fff) | 0x1000) << (((code >> 12) & 7) + 3);
  if (verbosity != 0) line.print(" [max resp delay={}]", delay);
  if (verbosity != 0) {
    if ((header.u8(24) & 8) != 0) line.put(" sflag");
    line.print(" robustness={}", header.u8(24) & 7);
    line.print(" qqi={}", wire::igmp_code_value(header.u8(25)));
  }
  const Ipv6Address group = header.v6(8);
  if (group == Ipv6Address{}) return;
  line.put(" [gaddr ");
  line.put(group);
  const std::size_t sources = header.u16(26);
  if (sources > 0) {
    if (header.length() < 28 + 16 * sources) {
      line.put(" [invalid number of sources]");
    } else {
      put_sources<Mldv2>(line, header, 28, sources, verbosity);
    }
  }
  line.put(']');
}

bool has_inner_length(unsigned type) noexcept {
  return (type >= 133 && type <= 137) || type == 145 || type == 147;
}

}  // namespace

void Printer::icmpv6_checksum(const Header& header) {
  const Checksum found = checksum();
  if (found.good()) line_.put("[icmp6 sum ok] ");
  if (!found.bad()) return;
  line_.print("[bad icmp6 cksum 0x{:04x} -> 0x{:04x}!] ", header.u16(2), found.expected);
}

void Printer::icmpv6(const Header& header) {
  line_.reading("icmp6");
  const unsigned type = header.u8(0);
  if (verbose() && !ip_.fragmented) icmpv6_checksum(header);
  const std::string_view name = name_in(types, type);
  if (name.empty()) {
    line_.print("ICMP6, unknown icmp6 type ({})", type);
  } else {
    line_.print("ICMP6, {}", name);
  }
  if (verbose() && has_inner_length(type)) line_.print(", length {}", header.length());
  const unsigned verbosity = options_.verbosity;
  switch (type) {
    case 1:
      put_unreachable(line_, header);
      break;
    case 2:
      line_.print(", mtu {}", header.u32(4));
      break;
    case 3:
      put_exceeded(line_, header);
      break;
    case 4:
      put_problem(line_, header);
      break;
    case 128:
    case 129:
      line_.print(", id {}, seq {}", header.u16(4), header.u16(6));
      break;
    case 130:
      if (header.length() == 24) {
        put_listener(line_, header);
      } else {
        put_query(line_, header, verbosity);
      }
      break;
    case 131:
    case 132:
      put_listener(line_, header);
      break;
    case 143:
      put_report<Mldv2>(line_, header, verbosity);
      break;
    default:
      if (type >= 133 && type <= 137) put_discovery(line_, header, verbosity);
  }
  if (!verbose()) line_.print(", length {}", header.length());
}

}  // namespace weir::print
