// Ethernet, VLAN tags and what their type fields name.
#include "print/printer.h"
#include "weir/wire/ether_type.h"

namespace weir::print {
namespace {

constexpr std::size_t header_size = 14;
constexpr std::size_t tag_size = 4;
/// IEEE 802.3 3.2.6: up to here the field is a length.
constexpr std::uint16_t max_length_field = 1500;

constexpr Name ether_types[] = {
// NOLINT(modernize-avoid-c-arrays)
#include "print/link/ether_types.inc"
};

using wire::ether_type::is_vlan;

}  // namespace

std::string_view ether_type_name(std::uint16_t type) noexcept { return name_in(ether_types, type); }

void Printer::ethernet_addresses(const Header& header, std::uint16_t type, std::size_t length) {
  line_.put(header.mac(6));
  line_.put(" > ");
  line_.put(header.mac(0));
  line_.put(", ");
  if (tag_is_cut(type, header.from(header_size))) return;
  if (type <= max_length_field) {
    line_.put("802.3");
    length = type;
  } else {
    put_ether_type(type);
  }
  line_.print(", length {}: ", length);
}

void Printer::put_ether_type(std::uint16_t type) {
  const std::string_view name = ether_type_name(type);
  if (!options_.quick) {
    line_.print("ethertype {} (0x{:04x})", name.empty() ? "Unknown" : name, type);
  } else if (!name.empty()) {
    line_.put(name);
  } else {
    line_.print("Unknown Ethertype (0x{:04x})", type);
  }
}

void Printer::ethernet(const Header& header) {
  line_.reading("ether");
  if (header.length() < header_size || !header.holds(0, header_size)) return line_.cut();
  if (options_.link_header) ethernet_addresses(header, header.u16(12), header.length());
  frame_ = header;
  if (depth_ == 0 && link_header_ == 0) link_header_ = header_size;
  by_type_or_length(header.u16(12), header.from(header_size));
}

/// A tag that was not captured is not announced either.
bool Printer::tag_is_cut(std::uint16_t type, const Header& rest) {
  if (!is_vlan(type) || (rest.holds(0, tag_size) && rest.length() >= tag_size)) return false;
  line_.reading("vlan");
  line_.cut();
  return true;
}

void Printer::vlan(const Header& header) {
  line_.reading("vlan");
  if (header.length() < tag_size || !header.holds(0, tag_size)) return line_.cut();
  const std::uint16_t tag = header.u16(0);
  const std::uint16_t type = header.u16(2);
  if (options_.link_header) {
    line_.print("vlan {}, p {}{}, ", tag & 0xfff, tag >> 13, (tag & 0x1000) != 0 ? ", DEI" : "");
    if (tag_is_cut(type, header.from(tag_size))) return;
    if (type > max_length_field) {
      put_ether_type(type);
      line_.put(", ");
    }
  }
  link_header_ += tag_size;
  by_type_or_length(type, header.from(tag_size));
}

/// A length counts what follows; behind that is padding.
void Printer::by_type_or_length(std::uint16_t type, const Header& rest) {
  if (type > max_length_field) return by_ether_type(type, rest);
  follow(rest.first(type));
}

void Printer::by_ether_type(std::uint16_t type, const Header& rest) {
  if (!agreed_) return;
  if (type == wire::ether_type::ppp && rest.length() != 0) line_.put(": ");
  if (!follow(rest)) unknown_ether_type(type, rest);
}

void Printer::unknown_ether_type(std::uint16_t type, const Header& rest) {
  if (!options_.link_header) {
    if (!frame_.captured().empty()) {
      ethernet_addresses(frame_, type, frame_.length());
    } else if (layers_.protocols.contains(Protocol::c_hdlc)) {
      line_.print("unknown CHDLC protocol (0x{:04x})", type);
    }
  }
  put_unknown(rest);
}

}  // namespace weir::print
