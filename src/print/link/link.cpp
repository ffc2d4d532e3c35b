// Link types without Ethernet's header: Linux cooked captures, loopback, raw IP.
#include "print/printer.h"
#include "weir/printable.h"
#include "weir/wire/null_loopback.h"

namespace weir::print {
namespace {

constexpr std::size_t sll_size = 16;
constexpr std::size_t sll2_size = 20;

constexpr Name packet_types[] = {
    // NOLINT(modernize-avoid-c-arrays)
    {0, "In"}, {1, "B"}, {2, "M"}, {3, "P"}, {4, "Out"},
};

std::string_view packet_type(std::uint8_t type) noexcept {
  const std::string_view name = name_in(packet_types, type);
  return name.empty() ? "?" : name;
}

}  // namespace

void Printer::sll(const Header& header) {
  line_.reading("linux_sll");
  link_header_ = sll_size;
  if (!header.need(0, sll_size)) return;
  const auto type = static_cast<std::uint8_t>(header.u16(0));
  const std::uint16_t protocol = header.u16(14);
  if (options_.link_header) {
    line_.print("{:>3} ", packet_type(type));
    cooked_address(header.from(6), header.u16(4));
    cooked_protocol(protocol, header.length());
  }
  by_ether_type(protocol, header.from(sll_size));
}

void Printer::sll2(const Header& header) {
  line_.reading("linux_sll2");
  link_header_ = sll2_size;
  if (!header.need(0, sll2_size)) return;
  const std::uint16_t protocol = header.u16(0);
  const std::uint32_t index = header.u32(4);
  const std::string_view name = memory_.interfaces.of(index);
  if (name.empty()) {
    line_.print("if{:<3} {:<3} ", index, packet_type(header.u8(10)));
  } else {
    put_interface(line_, name, packet_type(header.u8(10)));
  }
  if (options_.link_header) {
    line_.print("ifindex {} ", index);
    cooked_address(header.from(12), header.u8(11));
    cooked_protocol(protocol, header.length());
  }
  by_ether_type(protocol, header.from(sll2_size));
}

void Printer::put_interface(Line& line, std::string_view name, std::string_view direction) {
  constexpr std::size_t width = 5;
  const std::size_t start = line.out().size();
  append_printable(line.out(), name);
  const std::size_t size = line.out().size() - start;
  if (size < width) line.out().append(width - size, ' ');
  line.print(" {:<3} ", direction);
}

void Printer::cooked_address(const Header& address, std::size_t length) {
  if (length == 0 || length > 8) return;
  for (std::size_t i = 0; i < length; ++i) {
    line_.print("{}{:02x}", i == 0 ? "" : ":", address.u8(i));
  }
  line_.put(' ');
}

void Printer::cooked_protocol(std::uint16_t protocol, std::size_t length) {
  if (options_.quick) return;
  if (protocol <= 1500) {
    line_.put("802.3");
  } else {
    put_ether_type(protocol);
  }
  line_.print(", length {}: ", length);
}

void Printer::null(const Header& header) {
  line_.reading("null");
  // PPP captured as DLT_NULL by old BSDs.
  if (follow(header)) return;
  link_header_ = 4;
  const auto loopback = wire::NullView::parse(header.captured());
  if (!loopback) return line_.cut();
  const std::uint32_t family = loopback->family();
  if (options_.link_header) {
    const int version = loopback->ip_version();
    const std::string_view name = version == 4 ? "IPv4" : version == 6 ? "IPv6" : "";
    if (options_.quick) {
      line_.print("{}", name);
    } else {
      line_.print("AF {} ({})", name.empty() ? "Unknown" : name, family);
    }
    line_.print(", length {}: ", header.length());
  }
  const Header rest = header.from(4);
  if (follow(rest)) return;
  if (!options_.link_header) line_.print("AF Unknown ({}), length {}: ", family, header.length());
  put_unknown(rest);
}

void Printer::ipoib(const Header& header) {
  constexpr std::size_t size = 44;
  line_.reading("ipoib");
  link_header_ = size;
  if (!header.need(0, size)) return;
  const std::uint16_t type = header.u16(40);
  if (options_.link_header) {
    line_.put("IPOIB, ");
    put_ether_type(type);
    line_.print(", length {}: ", header.length());
  }
  by_ether_type(type, header.from(size));
}

void Printer::raw(const Header& header) {
  if (options_.link_header && depth_ == 0) line_.put("ip: ");
  line_.reading("raw");
  const unsigned version = header.u8(0) >> 4;
  if (line_.is_cut()) return;
  if (version != 4 && version != 6) return line_.print("unknown ip {}", version);
  // decode() says the same, or that LINKTYPE_IPV4 or LINKTYPE_IPV6 promised the other version: of
  // such a packet this header is printed, and none behind it.
  next(version == 4 ? Protocol::ipv4 : Protocol::ipv6, header);
}

}  // namespace weir::print
