// Tunnels and what stands between link and network: GRE, VXLAN, Geneve, MPLS, PPPoE.
#include "print/printer.h"

namespace weir::print {
namespace {

constexpr Name gre_flags[] = {
    // NOLINT(modernize-avoid-c-arrays)
    {0x8000, "checksum present"},  {0x4000, "routing present"},        {0x2000, "key present"},
    {0x1000, "sequence# present"}, {0x0800, "source routing present"}, {0x0080, "ack present"},
};

constexpr Name pppoe_codes[] = {
    // NOLINT(modernize-avoid-c-arrays)
    {0x09, "PADI"}, {0x07, "PADO"}, {0x19, "PADR"}, {0x65, "PADS"}, {0xa7, "PADT"}, {0x00, ""},
};

constexpr Name pppoe_tags[] = {
    // NOLINT(modernize-avoid-c-arrays)
    {0x0000, "EOL"},
    {0x0101, "Service-Name"},
    {0x0102, "AC-Name"},
    {0x0103, "Host-Uniq"},
    {0x0104, "AC-Cookie"},
    {0x0105, "Vendor-Specific"},
    {0x0110, "Relay-Session-ID"},
    {0x0120, "PPP-Max-Payload"},
    {0x0201, "Service-Name-Error"},
    {0x0202, "AC-System-Error"},
    {0x0203, "Generic-Error"},
};

bool is_printable(std::uint8_t byte) noexcept { return byte >= 0x20 && byte < 0x7f; }

/// As text if most of it is, otherwise in hex. `length` bytes are there.
void put_pppoe_value(Line& line, const Header& value, std::size_t length) {
  const std::size_t shown = std::min<std::size_t>(length, 79);
  std::size_t printable = 0;
  for (std::size_t i = 0; i < shown; ++i) printable += is_printable(value.u8(i)) ? 1U : 0U;
  if (printable * 2 > shown) {
    line.put(" \"");
    for (std::size_t i = 0; i < shown; ++i) {
      line.put(is_printable(value.u8(i)) ? static_cast<char>(value.u8(i)) : '.');
    }
    line.put('"');
    return;
  }
  line.put(" 0x");
  for (std::size_t i = 0; i < std::min<std::size_t>(length, 20); ++i) {
    line.print("{:02X}", value.u8(i));
  }
  if (length > 20) line.put("...");
}

void put_pppoe_tags(Line& line, const Header& tags) {
  std::size_t at = 0;
  std::uint16_t type = 0xffff;
  while (type != 0 && at < tags.length() && !line.is_cut()) {
    type = tags.u16(at);
    const std::size_t length = tags.u16(at + 2);
    at += 4;
    if (line.is_cut()) return;
    const std::string_view name = name_in(pppoe_tags, type);
    line.put(" [");
    if (name.empty()) {
      line.print("TAG-0x{:x}", type);
    } else {
      line.put(name);
    }
    if (length != 0) {
      if (!tags.need(at, length)) return;
      put_pppoe_value(line, tags.from(at), length);
    }
    line.put(']');
    at += length;
  }
}

constexpr std::uint16_t gre_checksum_or_routing = 0xc000;
constexpr std::uint16_t gre_key = 0x2000;
constexpr std::uint16_t gre_sequence = 0x1000;
constexpr std::uint16_t gre_acknowledgment = 0x0080;

/// RFC 1701, RFC 2890.
void put_gre_fields(Line& line, const Header& header, std::uint16_t flags, bool verbose) {
  std::size_t at = 4;
  if ((flags & gre_checksum_or_routing) != 0) {
    if (verbose) line.print(", sum 0x{:x}", header.u16(at));
    line.print(", off 0x{:x}", header.u16(at + 2));
    at += 4;
  }
  if ((flags & gre_key) != 0) {
    line.print(", key=0x{:x}", header.u32(at));
    at += 4;
  }
  if ((flags & gre_sequence) != 0) {
    line.print(", seq {}", header.u32(at));
    at += 4;
  }
}

/// RFC 2637 4.1.
void put_enhanced_gre_fields(Line& line, const Header& header, std::uint16_t flags) {
  std::size_t at = 4;
  if ((flags & gre_key) != 0) {
    line.print(", call {}", header.u32(at) & 0xffff);
    at += 4;
  }
  if ((flags & gre_sequence) != 0) {
    line.print(", seq {}", header.u32(at));
    at += 4;
  }
  if ((flags & gre_acknowledgment) != 0) {
    line.print(", ack {}", header.u32(at));
    at += 4;
  }
}

}  // namespace

void Printer::gre(const Header& header) {
  line_.reading("gre");
  const std::uint16_t flags = header.u16(0);
  const std::uint16_t protocol = header.u16(2);
  const unsigned version = flags & 7U;
  line_.print("GREv{}", version);
  if (version > 1) return line_.put(" ERROR: unknown-version");
  if (verbose()) {
    line_.put(", Flags [");
    put_bits(line_, gre_flags, flags, "none", ", ");
    line_.put(']');
  }
  const std::string_view type = ether_type_name(protocol);
  if (version == 0) {
    put_gre_fields(line_, header, flags, verbose());
  } else {
    put_enhanced_gre_fields(line_, header, flags);
  }
  if (version == 1 && (flags & gre_sequence) == 0) {
    return line_.print(", no-payload, length {}", header.length());
  }
  if (options_.link_header) {
    line_.print(", proto {} (0x{:04x})", type.empty() ? "unknown" : type, protocol);
  }
  line_.print(", length {}", header.length());
  line_.put(verbose() && version == 0 ? "\n\t" : ": ");
  if (!follow(behind(header))) line_.print("gre-proto-0x{:x}", protocol);
}

void Printer::vxlan(const Header& header) {
  line_.reading("vxlan");
  if (header.length() < 8) return line_.put(" (invalid)");
  const unsigned flags = header.u8(0);
  // The P flag: the payload is named.
  if (is_gpe_ || (flags & 4) != 0) return vxlan_gpe(header);
  line_.print("VXLAN, flags [{}] (0x{:02x}), vni {}\n", (flags & 8) != 0 ? "I" : ".", flags,
              header.u24(4));
  if (!header.need(0, 8)) return;
  follow(header.from(8));
}

void Printer::vxlan_gpe(const Header& header) {
  static constexpr Name flag_names[] = {{0x08, "I"}, {0x04, "P"}, {0x01, "O"}};
  line_.put("VXLAN-GPE, flags [");
  put_bits(line_, flag_names, header.u8(0), "none", "");
  line_.print("], vni {}", header.u24(4));
  line_.put(verbose() ? "\n    " : ": ");
  if (header.need(0, 8) && !follow(header.from(8))) {
    line_.put("ERROR: unknown-next-protocol (invalid)");
  }
}

void Printer::geneve(const Header& header) {
  line_.reading("geneve");
  line_.put("Geneve");
  if (header.length() < 8) return line_.print(" [|geneve]");
  const unsigned first = header.u8(0);
  const unsigned version = first >> 6;
  if (version != 0) return line_.print(" ERROR: unknown-version {}", version);
  const unsigned flags = header.u8(1);
  line_.print(", Flags [{}{}{}]", (flags & 0x80) != 0 ? "O" : "", (flags & 0x40) != 0 ? "C" : "",
              (flags & 0xc0) == 0 ? "none" : "");
  if ((flags & 0x3f) != 0 && verbose()) line_.print(" rsvd1 0x{:x}", flags & 0x3f);
  const std::uint16_t protocol = header.u16(2);
  const std::uint32_t network = header.u24(4);
  line_.print(", vni 0x{:x}", network);
  if (header.u8(7) != 0 && verbose()) line_.print(", rsvd 0x{:x}", header.u8(7));
  if (options_.link_header) {
    const std::string_view name = ether_type_name(protocol);
    line_.print(", proto {} (0x{:04x})", name.empty() ? "unknown" : name, protocol);
  }
  const std::size_t options = (first & 0x3fU) * std::size_t{4};
  if (options != 0) {
    line_.put(", options [");
    line_.print("{} bytes", options);
    line_.put(']');
  }
  line_.put(verbose() ? "\n\t" : ": ");
  const Header rest = header.from(8 + options);
  if (!header.need(0, 8 + options)) return;
  if (!follow(rest)) line_.print("geneve-proto-0x{:x}", protocol);
}

void Printer::mpls(const Header& header) {
  line_.reading("mpls");
  // RFC 3032 2.1; the loop takes the labels one by one, the first of them names the stack.
  if (!in_label_stack_) line_.put("MPLS");
  const std::uint32_t entry = header.u32(0);
  if (line_.is_cut()) return;
  line_.put(in_label_stack_ && verbose() ? "\n\t" : " ");
  const std::uint32_t label = entry >> 12;
  line_.print("(label {}", label);
  static constexpr std::string_view reserved[] = {" (IPv4 explicit NULL)", " (router alert)",
                                                  " (IPv6 explicit NULL)", " (implicit NULL)"};
  if (label < 16 && verbose()) line_.put(label < 4 ? reserved[label] : " (rsvd)");
  const bool bottom = (entry & 0x100) != 0;
  line_.print(", tc {}{}, ttl {})", entry >> 9 & 7, bottom ? ", [S]" : "", entry & 0xff);
  const Header rest = header.from(4);
  in_label_stack_ = !bottom;
  if (!bottom) {
    follow(rest);
    return;
  }
  if (rest.length() == 0) return;
  const unsigned version = rest.u8(0) >> 4;
  if (line_.is_cut()) return;
  // RFC 4448 4.6: a control word, then an Ethernet frame.
  if (!follow(version == 0 ? rest.from(4) : rest)) return put_unknown(rest);
  line_.put(verbose() ? "\n\t" : " ");
}

void Printer::pppoe(const Header& header) {
  line_.reading("pppoe");
  if (!header.need(0, 6)) return;
  line_.put("PPPoE ");
  const unsigned first = header.u8(0);
  if (first >> 4 != 1) line_.print(" [ver {}]", first >> 4);
  if ((first & 15) != 1) line_.print(" [type {}]", first & 15);
  const unsigned code = header.u8(1);
  const std::string_view name = name_in(pppoe_codes, code);
  if (code != 0 && name.empty()) {
    line_.print("PAD-{:X}", code);
  } else {
    line_.put(name);
  }
  if (code == 0) line_.print(" [ses 0x{:x}]", header.u16(2));
  if (code != 0 && header.u16(2) != 0) line_.print(" [ses 0x{:x}]", header.u16(2));
  const std::size_t length = header.u16(4);
  if (header.length() - 6 < length) line_.print(" [len {} > {}]", length, header.length() - 6);
  const Header payload = header.from(6).claiming(length);
  if (code != 0) return put_pppoe_tags(line_, payload);
  line_.put(' ');
  follow(payload);
}

}  // namespace weir::print
