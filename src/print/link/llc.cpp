// 802.2 LLC and SNAP headers, and the spanning tree protocol behind them (IEEE 802.1D, 802.1w).
#include "print/printer.h"

namespace weir::print {
namespace {

constexpr Name sap_names[] = {
    // NOLINT(modernize-avoid-c-arrays)
    {0x00, "Null"},        {0x02, "802.1B I"}, {0x03, "802.1B G"},  {0x06, "IP"},
    {0x0e, "ProWay NM"},   {0x42, "STP"},      {0x4e, "EIA-RS511"}, {0x7e, "ISO8208"},
    {0x8e, "ProWay ASLM"}, {0xaa, "SNAP"},     {0xe0, "IPX"},       {0xf0, "NetBeui"},
    {0xfe, "ISO CLNS"},    {0xff, "Global"},
};

constexpr Name unnumbered[] = {
    // NOLINT(modernize-avoid-c-arrays)
    {0x03, "ui"},    {0x0f, "dm"},   {0x43, "disc"}, {0x63, "ua"},
    {0x6f, "sabme"}, {0x87, "frmr"}, {0xaf, "xid"},  {0xe3, "test"},
};

constexpr Name organizations[] = {
    // NOLINT(modernize-avoid-c-arrays)
    {0x000000, "Ethernet"}, {0x00000c, "Cisco"},   {0x000009, "Cisco Bridged"},
    {0x00a0c9, "RFC2684"},  {0x0080c2, "RFC2684"}, {0x080007, "Appletalk"},
};

constexpr Name stp_flags[] = {
    // NOLINT(modernize-avoid-c-arrays)
    {0x01, "Topology change"}, {0x02, "Proposal"},  {0x10, "Learn"},
    {0x20, "Forward"},         {0x40, "Agreement"}, {0x80, "Topology change ACK"},
};
constexpr Name stp_types[] = {
    // NOLINT(modernize-avoid-c-arrays)
    {0x00, "Config"},
    {0x02, "Rapid STP"},
    {0x80, "Topology Change"},
};
constexpr Name stp_versions[] = {
    // NOLINT(modernize-avoid-c-arrays)
    {0, "STP 802.1d"},
    {2, "Rapid STP 802.1w"},
    {3, "Multiple STP 802.1s"},
    {4, "SPB 802.1aq"},
};
constexpr Name port_roles[] = {{0, "Unknown"}, {1, "Alternate"}, {2, "Root"}, {3, "Designated"}};

std::string_view sap_name(unsigned sap) noexcept {
  const std::string_view name = name_in(sap_names, sap);
  return name.empty() ? "Unknown" : name;
}

void put_bridge(Line& line, const Header& header, std::size_t at) {
  line.print("{:04x}.", header.u16(at));
  const MacAddress mac = header.mac(at + 2);
  line.put(mac);
}

/// Times are in units of 1/256 s.
void put_time(Line& line, std::uint16_t time) { line.print("{:.2f}s", time / 256.0); }

void put_times(Line& line, const Header& header) {
  line.put("\n\tmessage-age ");
  put_time(line, header.u16(27));
  line.put(", max-age ");
  put_time(line, header.u16(29));
  line.put(", hello-time ");
  put_time(line, header.u16(31));
  line.put(", forwarding-delay ");
  put_time(line, header.u16(33));
  line.put("\n\troot-id ");
  put_bridge(line, header, 5);
  line.print(", root-pathcost {}", header.u32(13));
}

/// IEEE 802.2: service access points and the control field of one octet, or of two.
struct LlcHeader {
  explicit LlcHeader(const Header& header)
      : dsap{header.u8(0)},
        ssap{header.u8(1)},
        is_unnumbered{(header.u8(2) & 3) == 3},
        control{is_unnumbered ? header.u8(2) : header.u8(2) | unsigned{header.u8(3)} << 8U} {}

  /// Unnumbered information, both ways of one service access point.
  [[nodiscard]] bool is_information() const noexcept { return dsap == ssap && control == 3; }
  [[nodiscard]] bool is(unsigned sap) const noexcept { return dsap == sap && is_information(); }
  [[nodiscard]] bool is_response() const noexcept { return (ssap & 1) != 0; }

  unsigned dsap;
  unsigned ssap;
  bool is_unnumbered;
  unsigned control;
};

void put_addresses_of(Line& line, const LlcHeader& llc) {
  line.print("LLC, dsap {} (0x{:02x}) {}, ssap {} (0x{:02x}) {}", sap_name(llc.dsap & 0xfe),
             llc.dsap & 0xfe, (llc.dsap & 1) != 0 ? "Group" : "Individual",
             sap_name(llc.ssap & 0xfe), llc.ssap & 0xfe,
             llc.is_response() ? "Response" : "Command");
  if (llc.is_unnumbered) {
    line.print(", ctrl 0x{:02x}: ", llc.control);
  } else {
    line.print(", ctrl 0x{:04x}: ", llc.control);
  }
}

std::string_view flags_of(const LlcHeader& llc, bool poll_or_final) noexcept {
  if (llc.is_response()) return poll_or_final ? "Response, Final" : "Response";
  return poll_or_final ? "Command, Poll" : "Command";
}

void put_format(Line& line, const LlcHeader& llc, std::size_t length) {
  const unsigned control = llc.control;
  if (llc.is_unnumbered) {
    const std::string_view name = name_in(unnumbered, control & 0xefU);
    return line.print("Unnumbered, {}, Flags [{}], length {}", name.empty() ? "unknown" : name,
                      flags_of(llc, (control & 0x10) != 0), length);
  }
  const std::string_view flags = flags_of(llc, (control & 0x100) != 0);
  const unsigned received = control >> 9 & 0x7f;
  if ((control & 1) == 0) {
    return line.print("Information, send seq {}, rcv seq {}, Flags [{}], length {}",
                      control >> 1 & 0x7f, received, flags, length);
  }
  static constexpr std::string_view names[] = {"Receiver Ready", "Receiver not Ready", "Reject",
                                               "0"};
  line.print("Supervisory, {}, rcv seq {}, Flags [{}], length {}", names[control >> 2 & 3],
             received, flags, length);
}

}  // namespace

void Printer::llc(const Header& header) {
  line_.reading("llc");
  const auto whole = [&](std::size_t wanted) {
    if (header.holds(0, wanted) && header.length() >= wanted) return true;
    line_.put(" [|llc]");
    put_unknown(header);
    return false;
  };
  if (!whole(3)) return;
  const bool is_unnumbered = (header.u8(2) & 3) == 3;
  const std::size_t size = is_unnumbered ? 3 : 4;
  if (!whole(size)) return;
  const LlcHeader llc{header};
  const Header rest = header.from(size);
  // SNAP is a part of it.
  if (llc.is(0xaa) && follow(rest)) return;
  if (options_.link_header) put_addresses_of(line_, llc);
  link_header_ += depth_ == 0 ? size : 0;
  // Other formats carry commands about what the access points stand for.
  if (llc.is_information() && follow(rest)) return;
  if (!options_.link_header) put_addresses_of(line_, llc);
  put_format(line_, llc, header.length());
}

void Printer::snap(const Header& header) {
  line_.reading("snap");
  if (!header.need(0, 5) || header.length() < 5) return line_.cut();
  const std::uint32_t organization = header.u24(0);
  const std::uint16_t type = header.u16(3);
  if (options_.link_header) {
    const std::string_view name = name_in(organizations, organization);
    const std::string_view type_name = ether_type_name(type);
    line_.print("oui {} (0x{:06x}), {} {} (0x{:04x}), length {}: ", name.empty() ? "Unknown" : name,
                organization, organization == 0 ? "ethertype" : "pid",
                type_name.empty() ? "Unknown" : type_name, type, header.length() - 5);
  }
  link_header_ += depth_ == 0 ? 8 : 0;
  if (organization == 0 || organization == 0x0000f8 || organization == 0x080007) {
    return by_ether_type(type, header.from(5));
  }
  if (follow(header.from(5))) return;
  if (!options_.link_header) {
    const std::string_view name = name_in(organizations, organization);
    line_.print("oui {} (0x{:06x}), pid Unknown (0x{:04x}), length {}: ",
                name.empty() ? "Unknown" : name, organization, type, header.length() - 5);
  }
  put_unknown(header.from(5));
}

void Printer::stp(const Header& header) {
  line_.reading("stp");
  if (header.length() < 4) return line_.cut();
  const std::uint16_t protocol = header.u16(0);
  if (protocol != 0) return line_.print("unknown STP version, length {}", header.length());
  const unsigned version = header.u8(2);
  const std::string_view version_name = name_in(stp_versions, version);
  line_.put(version_name.empty() ? std::string_view{"STP 802.1?"} : version_name);
  if (version_name.empty()) return;
  const unsigned type = header.u8(3);
  const std::string_view type_name = name_in(stp_types, type);
  line_.print(", {}", type_name.empty() ? "Unknown STP Type" : type_name);
  if (type == 0x80) return;
  const unsigned flags = header.u8(4);
  line_.put(", Flags [");
  put_bits(line_, stp_flags, flags & (type == 0 ? 0x81U : 0xffU), "none", ", ");
  line_.put(']');
  if (!header.need(17, 10)) return;
  line_.put(", bridge-id ");
  put_bridge(line_, header, 17);
  line_.print(".{:04x}, length {}", header.u16(25), header.length());
  if (!verbose() || !header.need(5, 30)) return;
  put_times(line_, header);
  if (type == 2) {
    line_.print(", port-role {}", name_in(port_roles, flags >> 2 & 3));
  }
}

}  // namespace weir::print
