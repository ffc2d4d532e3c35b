// ICMP (RFC 792, 950, 1256, 4884).
#include "print/printer.h"

namespace weir::print {
namespace {

constexpr std::size_t quote_at = 8;

constexpr Name redirects[] = {
    // NOLINT(modernize-avoid-c-arrays)
    {0, "to net"},
    {1, "to host"},
    {2, "for TOS to net"},
    {3, "for TOS to host"},
};

constexpr Name types[] = {
    // NOLINT(modernize-avoid-c-arrays)
    {0, "echo reply"},           {3, "unreachable"},
    {4, "source quench"},        {5, "redirect"},
    {8, "echo request"},         {9, "router advertisement"},
    {10, "router solicitation"}, {11, "time exceeded"},
    {12, "parameter problem"},   {13, "time stamp request"},
    {14, "time stamp reply"},    {15, "information request"},
    {16, "information reply"},   {17, "address mask request"},
    {18, "address mask reply"},
};

/// What an error quotes: the start of an IPv4 datagram.
struct Quote {
  explicit Quote(const Header& header)
      : header_length{(header.u8(quote_at) & 15U) * std::size_t{4}},
        protocol{header.u8(quote_at + 9)},
        destination{header.v4(quote_at + 16)} {}

  std::size_t header_length;
  std::uint8_t protocol;
  Ipv4Address destination;
};

void put_port(Line& line, const Header& header) {
  const Quote quote{header};
  if (!header.holds(quote_at + quote.header_length, 4)) {
    return static_cast<void>(header.need(quote_at + quote.header_length, 4));
  }
  const std::uint16_t port = header.u16(quote_at + quote.header_length + 2);
  line.put(quote.destination);
  switch (quote.protocol) {
    case ip_protocol::tcp:
      return line.print(" tcp port {} unreachable", port);
    case ip_protocol::udp:
      return line.print(" udp port {} unreachable", port);
    default:
      return line.print(" protocol {} port {} unreachable", quote.protocol, port);
  }
}

void put_destination(Line& line, const Header& header, std::string_view before,
                     std::string_view after) {
  const Quote quote{header};
  line.put(before);
  line.put(quote.destination);
  line.put(after);
}

void put_unreachable(Line& line, const Header& header, unsigned code) {
  switch (code) {
    case 0:
      return put_destination(line, header, "net ", " unreachable");
    case 1:
      return put_destination(line, header, "host ", " unreachable");
    case 2: {
      const Quote quote{header};
      line.put(quote.destination);
      return line.print(" protocol {} unreachable", quote.protocol);
    }
    case 3:
      return put_port(line, header);
    case 4: {
      const std::uint16_t mtu = header.u16(6);
      put_destination(line, header, "", " unreachable - need to frag");
      if (mtu != 0) line.print(" (mtu {})", mtu);
      return;
    }
    case 5:
      return put_destination(line, header, "", " unreachable - source route failed");
    case 6:
      return put_destination(line, header, "net ", " unreachable - unknown");
    case 7:
      return put_destination(line, header, "host ", " unreachable - unknown");
    case 8:
      return put_destination(line, header, "", " unreachable - source host isolated");
    case 9:
      return put_destination(line, header, "net ", " unreachable - admin prohibited");
    case 10:
      return put_destination(line, header, "host ", " unreachable - admin prohibited");
    case 11:
      return put_destination(line, header, "net ", " unreachable - tos prohibited");
    case 12:
      return put_destination(line, header, "host ", " unreachable - tos prohibited");
    case 13:
      return put_destination(line, header, "host ", " unreachable - admin prohibited filter");
    case 14:
      return put_destination(line, header, "host ", " unreachable - host precedence violation");
    case 15:
      return put_destination(line, header, "host ", " unreachable - precedence cutoff");
    default:
      break;
  }
  put_destination(line, header, "", "");
  line.print(" unreachable - #{}", code);
}

void put_advertisement(Line& line, const Header& header) {
  line.put("router advertisement");
  const unsigned count = header.u8(4);
  const unsigned size = header.u8(5);
  unsigned lifetime = header.u16(6);
  line.put(" lifetime ");
  if (lifetime < 60) {
    line.print("{}", lifetime);
  } else if (lifetime < 3600) {
    line.print("{}:{:02}", lifetime / 60, lifetime % 60);
  } else {
    line.print("{}:{:02}:{:02}", lifetime / 3600, lifetime % 3600 / 60, lifetime % 60);
  }
  line.print(" {}:", count);
  if (size != 2) return line.print(" [size {}]", size);
  for (std::size_t i = 0; i < count && !line.is_cut(); ++i) {
    const Ipv4Address address = header.v4(8 + 8 * i);
    line.put(" {");
    line.put(address);
    line.print(" {}}}", header.u32(12 + 8 * i));
  }
}

void put_exceeded(Line& line, unsigned code) {
  if (code == 0) return line.put("time exceeded in-transit");
  if (code == 1) return line.put("ip reassembly time exceeded");
  line.print("time exceeded-#{}", code);
}

void put_problem(Line& line, const Header& header, unsigned code) {
  if (code != 0) return line.print("parameter problem - code {}", code);
  line.print("parameter problem - octet {}", header.u8(4));
}

void put_redirect(Line& line, const Header& header, unsigned code) {
  const Quote quote{header};
  line.put("redirect");
  const std::string_view how = name_in(redirects, code);
  if (how.empty()) {
    line.print("-#{}", code);
    line.put(' ');
    line.put(quote.destination);
    line.put(" to net ");
  } else {
    line.put(code >= 2 ? "-tos " : " ");
    line.put(quote.destination);
    line.put(code % 2 == 0 ? " to net " : " to host ");
  }
  line.put(header.v4(4));
}

}  // namespace

void Printer::icmp(const Header& header) {
  line_.reading("icmp");
  const unsigned type = header.u8(0);
  const unsigned code = header.u8(1);
  const std::size_t length = header.length();
  if (!header.need(0, 4)) return;
  const std::size_t start = line_.out().size();
  line_.put("ICMP ");
  switch (type) {
    case 0:
    case 8:
      line_.print("echo {}, id {}, seq {}", type == 8 ? "request" : "reply", header.u16(4),
                  header.u16(6));
      break;
    case 3:
      put_unreachable(line_, header, code);
      break;
    case 5:
      put_redirect(line_, header, code);
      break;
    case 9:
      put_advertisement(line_, header);
      break;
    case 11:
      put_exceeded(line_, code);
      break;
    case 12:
      put_problem(line_, header, code);
      break;
    case 13:
      line_.print("time stamp query id {} seq {}", header.u16(4), header.u16(6));
      break;
    case 14:
      line_.print("time stamp reply id {} seq {}: org ", header.u16(4), header.u16(6));
      icmp_times(header);
      break;
    case 18:
      line_.print("address mask is 0x{:08x}", header.u32(8));
      break;
    default: {
      const std::string_view name = name_in(types, type);
      if (name.empty()) {
        line_.print("type-#{}", type);
      } else {
        line_.put(name);
      }
    }
  }
  line_.print(", length {}", length);
  line_.take_back(start);
  if (verbose() && !ip_.fragmented) {
    if (const Checksum found = checksum(); found.bad()) {
      line_.print(" (wrong icmp cksum {:x} (->{:x})!)", header.u16(2), found.expected);
    }
  }
  const bool quotes = type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
  if (verbose() && quotes && header.holds(0, quote_at)) icmp_quote(header);
}

void Printer::icmp_times(const Header& header) {
  static constexpr std::string_view between[] = {", recv ", ", xmit ", ""};
  for (std::size_t i = 0; i < 3; ++i) {
    const std::uint32_t milliseconds = header.u32(8 + 4 * i);
    const std::uint32_t seconds = milliseconds / 1000;
    line_.print("{:02}:{:02}:{:02}.{:03}", seconds / 3600, seconds / 60 % 60, seconds % 60,
                milliseconds % 1000);
    line_.put(between[i]);
  }
}

/// The quoted datagram on a line of its own, as a packet.
void Printer::icmp_quote(const Header& header) {
  constexpr unsigned max_depth = 3;
  if (depth_ >= max_depth) return;
  const Header quoted = header.from(quote_at);
  line_.put("\n\t");
  Packet packet;
  packet.data = quoted.captured();
  packet.link_type = LinkType::ipv4;
  packet.wire_length = quoted.u16(2);
  const wire::Layers layers = wire::decode(packet, options_.decoders);
  Printer{line_, memory_, packet, layers, depth_ + 1}.print();
}

}  // namespace weir::print
