// IPv6 and its extension headers (RFC 8200).
#include "weir/wire/ipv6.h"
#include "print/printer.h"

namespace weir::print {
namespace {

using wire::Ipv6View;

constexpr std::size_t header_size = Ipv6View::min_header_length;

}  // namespace

void Printer::ipv6(const Header& header) {
  line_.reading("ip6");
  if (header.length() < header_size) return line_.print("truncated-ip6 {}", header.length());
  if (!options_.link_header && header.holds(0, header_size)) line_.put("IP6 ");
  const unsigned version = header.u8(0) >> 4U;
  if (!header.need(0, header_size)) return;
  const auto ip = Ipv6View::parse(header.captured());
  if (!ip) {
    line_.print("{}", version == 4 ? "IP, wrong link-layer encapsulation" : "IP");
    return;
  }
  const std::size_t stated = ip->stated_length();
  if (header.length() < stated) {
    line_.print("truncated-ip6 - {} bytes missing!", stated - header.length());
  }
  if (verbose()) ipv6_details(header);
  const Header datagram = header.claiming(datagram_length(stated, header));
  const std::uint8_t protocol = ip->next_header();
  ip_ = {.version = 6,
         .source = ip->source(),
         .destination = ip->destination(),
         .hop_limit = ip->hop_limit(),
         .direct = ip_protocol::has_ports(protocol),
         .fragmented = false};
  if (!ip_protocol::has_ports(protocol)) put_addresses();
  behind_ip(protocol, datagram.from(header_size));
}

void Printer::ipv6_details(const Header& header) {
  const std::uint32_t flow = header.u32(0);
  line_.put('(');
  if (((flow >> 20) & 0xff) != 0) line_.print("class 0x{:02x}, ", (flow >> 20) & 0xff);
  if ((flow & 0xfffff) != 0) line_.print("flowlabel 0x{:05x}, ", flow & 0xfffff);
  const std::string_view name = ip_protocol_name(header.u8(6));
  line_.print("hlim {}, next-header {} ({}) payload length: {}) ", header.u8(7),
              name.empty() ? "unknown" : name, header.u8(6), header.u16(4));
}

void Printer::behind_extension(std::uint8_t protocol, const Header& rest) {
  ip_.direct = false;
  behind_ip(protocol, rest);
}

void Printer::ipv6_options(const Header& header, const char* name, const char* protocol) {
  line_.reading(protocol);
  const std::size_t size = (header.u8(1) + std::size_t{1}) * 8;
  if (!header.need(0, size)) return;
  line_.put(name);
  line_.put(' ');
  if (verbose()) {
    for (std::size_t at = 2; at < size && !line_.is_cut();) {
      const std::uint8_t kind = header.u8(at);
      if (kind == 0) {
        line_.put("(pad1)");
        ++at;
        continue;
      }
      if (at + 2 > size) {
        line_.put("(trunc)");
        break;
      }
      const std::size_t length = header.u8(at + 1);
      if (at + 2 + length > size) {
        line_.put("(trunc)");
        break;
      }
      if (kind == 1) {
        line_.put("(padn)");
      } else if (kind == 5 && length == 2) {
        line_.print("(rtalert: 0x{:04x}) ", header.u16(at + 2));
      } else if (kind == 0xc2 && length == 4) {
        line_.print("(jumbo: {}) ", header.u32(at + 2));
      } else if (kind == 0xc9 && length >= 16) {
        line_.put("(homeaddr: ");
        line_.put(header.v6(at + 2));
        line_.put(')');
      } else {
        line_.print("(opt_type 0x{:02x}: len={})", kind, length);
      }
      at += 2 + length;
    }
    line_.put(' ');
  }
  behind_extension(header.u8(0), header.from(size));
}

void Printer::hop_by_hop(const Header& header) { ipv6_options(header, "HBH", "hbhopt"); }

void Printer::destination_options(const Header& header) {
  ipv6_options(header, "DSTOPT", "dstopt");
}

void Printer::ipv6_routing(const Header& header) {
  line_.reading("rt6");
  const std::size_t length = header.u8(1);
  line_.print("RT6 (len={}", length);
  const unsigned type = header.u8(2);
  line_.print(", type={}{}", type, type == 0 ? " [Deprecated]" : "");
  const unsigned left = header.u8(3);
  line_.print(", segleft={}", left);
  if (type == 0 || type == 2) {
    if (const std::uint32_t reserved = header.u32(4); reserved != 0 || verbose()) {
      line_.print(", rsv=0x{:0x}", reserved);
    }
    if (length % 2 == 1) return line_.put(" (invalid)");
    for (std::size_t i = 0; i < length / 2 && !line_.is_cut(); ++i) {
      const Ipv6Address address = header.v6(8 + 16 * i);
      line_.print(", [{}]", i);
      line_.put(address);
    }
  } else if (type == 4) {
    line_.print(", last-entry={}, flags=0x{:0x}, tag={:x}", header.u8(4), header.u8(5),
                header.u16(6));
    for (std::size_t i = 0; i < length / 2 && !line_.is_cut(); ++i) {
      const Ipv6Address address = header.v6(8 + 16 * i);
      line_.print(", [{}]", i);
      line_.put(address);
    }
  } else {
    // What is behind it can be read all the same.
    line_.put(" (unknown type)");
  }
  line_.put(") ");
  behind_extension(header.u8(0), header.from((length + 1) * 8));
}

void Printer::ipv6_fragment(const Header& header) {
  line_.reading("frag6");
  const std::uint16_t field = header.u16(2);
  const unsigned offset = field & 0xfff8U;
  const std::size_t length = header.length() - std::min<std::size_t>(header.length(), 8);
  if (verbose()) {
    line_.print("frag (0x{:08x}:{}|{})", header.u32(4), offset, length);
  } else {
    line_.print("frag ({}|{})", offset, length);
  }
  if (offset != 0) return;
  line_.put(' ');
  ip_.fragmented = (field & 1) != 0;
  // A fragment that was cut right behind its header ends without a mark.
  if (header.captured().size() > 8) behind_extension(header.u8(0), header.from(8));
}

void Printer::ah(const Header& header) {
  line_.reading("ah");
  const std::size_t words = header.u8(1);
  line_.put("AH(");
  if (verbose()) line_.print("length={}({}-bytes),", words, (words + 2) * 4);
  line_.print("spi=0x{:08x}", header.u32(4));
  line_.print(",seq=0x{:x}", header.u32(8));
  const std::size_t size = (words + 2) * 4;
  if (size < 12) return line_.put(')');
  if (size > 12) {
    line_.put(",icv=0x");
    for (std::size_t at = 12; at < size && !line_.is_cut(); ++at) {
      line_.print("{:02x}", header.u8(at));
    }
  }
  if (!header.need(0, size)) return;
  line_.put("): ");
  behind_extension(header.u8(0), header.from(size));
}

void Printer::esp(const Header& header) {
  line_.reading("esp");
  const std::uint32_t index = header.u32(0);
  const std::uint32_t sequence = header.u32(4);
  line_.print("ESP(spi=0x{:08x},seq=0x{:x}), length {}", index, sequence, header.length());
}

}  // namespace weir::print
