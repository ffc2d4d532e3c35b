// IPv6 neighbour discovery (RFC 4861) and its options (RFC 4191, RFC 8106).
#include "print/icmpv6.h"

namespace weir::print {
namespace {

constexpr Name option_names[] = {
    // NOLINT(modernize-avoid-c-arrays)
    {1, "source link-address"},
    {2, "destination link-address"},
    {3, "prefix info"},
    {4, "redirected header"},
    {5, "mtu"},
    {7, "advertisement interval"},
    {8, "homeagent information"},
    {24, "route info"},
    {25, "rdnss"},
    {31, "dnssl"},
};

constexpr Name router_flags[] = {
    // NOLINT(modernize-avoid-c-arrays)
    {0x80, "managed"},
    {0x40, "other stateful"},
    {0x20, "home agent"},
};
constexpr Name neighbor_flags[] = {{0x80, "router"}, {0x40, "solicited"}, {0x20, "override"}};
constexpr Name prefix_flags[] = {{0x80, "onlink"}, {0x40, "auto"}, {0x20, "router"}};

/// RFC 4191 2.1: two bits, signed.
std::string_view preference(unsigned flags) noexcept {
  static constexpr std::string_view names[] = {"medium", "high", "*rsv*", "low"};
  return names[flags >> 3 & 3];
}

void put_lifetime(Line& line, std::uint32_t seconds) {
  if (seconds == 0xffffffff) return line.put("infinity");
  line.print("{}s", seconds);
}

void put_link_address(Line& line, const Header& option, std::size_t size) {
  for (std::size_t at = 2; at < size && !line.is_cut(); ++at) {
    if (at != 2) line.put(':');
    line.print("{:02x}", option.u8(at));
  }
}

void put_prefix(Line& line, const Header& option, std::size_t size) {
  const Ipv6Address prefix = option.v6(16);
  line.put(prefix);
  line.print("/{}{}, Flags [", option.u8(2), size == 32 ? "" : ", invalid option length");
  put_bits(line, prefix_flags, option.u8(3), "none", ", ");
  line.put("], valid time ");
  put_lifetime(line, option.u32(4));
  line.put(", pref. time ");
  put_lifetime(line, option.u32(8));
}

void put_route(Line& line, const Header& option, std::size_t size) {
  line.put(' ');
  Ipv6Address prefix;
  const std::size_t octets = std::min<std::size_t>(size - 8, 16);
  for (std::size_t i = 0; i < octets; ++i) prefix.octets[i] = option.u8(8 + i);
  line.put(prefix);
  line.print("/{}, pref={}, lifetime=", option.u8(2), preference(option.u8(3)));
  put_lifetime(line, option.u32(4));
}

void put_servers(Line& line, const Header& option, std::size_t units) {
  line.put(" lifetime ");
  put_lifetime(line, option.u32(4));
  line.put(',');
  for (std::size_t i = 0; i < units / 2 && !line.is_cut(); ++i) {
    const Ipv6Address server = option.v6(8 + 16 * i);
    line.put(" addr: ");
    line.put(server);
  }
}

void put_option(Line& line, const Header& option, unsigned type, std::size_t units) {
  const std::size_t size = units * 8;
  switch (type) {
    case 1:
    case 2:
      return put_link_address(line, option, size);
    case 3:
      return put_prefix(line, option, size);
    case 5:
      return line.print(" {}{}", option.u32(4), units == 1 ? "" : ", invalid option length");
    case 7:
      return line.print(" {}ms", option.u32(4));
    case 8:
      return line.print(" preference {}, lifetime {}", option.u16(4), option.u16(6));
    case 24:
      return put_route(line, option, size);
    case 25:
      return put_servers(line, option, units);
    default:
      break;
  }
}

void put_options(Line& line, const Header& header, std::size_t at, unsigned verbosity) {
  while (at < header.captured().size() && !line.is_cut()) {
    if (!header.need(at, 2)) return;
    const unsigned type = header.u8(at);
    const std::size_t units = header.u8(at + 1);
    if (!header.need(at, units * 8)) return;
    const std::string_view name = name_in(option_names, type);
    line.print("\n\t  {} option ({}), length {} ({}): ", name.empty() ? "unknown" : name, type,
               units * 8, units);
    if (units == 0) return;
    const Header option = header.from(at);
    put_option(line, option, type, units);
    const Bytes body = option.captured().subspan(2, units * 8 - 2);
    if (verbosity > 1) {
      put_hex(line.out(), body, "\n\t    ");
    } else if (name.empty()) {
      put_hex(line.out(), body, "\n\t  ");
    }
    at += units * 8;
  }
}

void put_router(Line& line, const Header& header) {
  line.print("\n\thop limit {}, Flags [", header.u8(4));
  put_bits(line, router_flags, header.u8(5), "none", ", ");
  line.print("], pref {}, router lifetime {}s, reachable time {}ms, retrans timer {}ms",
             preference(header.u8(5)), header.u16(6), header.u32(8), header.u32(12));
}

}  // namespace

void put_discovery(Line& line, const Header& header, unsigned verbosity) {
  const unsigned type = header.u8(0);
  std::size_t options = 8;
  if (!header.need(0, type == 134 && verbosity != 0 ? 16 : 4)) return;
  if (type == 134) {
    options = 16;
    if (verbosity != 0) put_router(line, header);
  } else if (type == 135 || type == 136) {
    options = 24;
    const Ipv6Address target = header.v6(8);
    line.put(type == 135 ? ", who has " : ", tgt is ");
    line.put(target);
    if (type == 136 && verbosity != 0) {
      line.put(", Flags [");
      put_bits(line, neighbor_flags, header.u8(4), "none", ", ");
      line.put(']');
    }
  } else if (type == 137) {
    options = 40;
    const Ipv6Address destination = header.v6(24);
    const Ipv6Address target = header.v6(8);
    line.put(", ");
    line.put(destination);
    line.put(" to ");
    line.put(target);
  }
  if (verbosity != 0) put_options(line, header, options, verbosity);
}

}  // namespace weir::print
