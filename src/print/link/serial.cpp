// Serial lines: PPP (RFC 1661) and Cisco HDLC, and the keepalives of the latter.
#include "print/printer.h"
#include "weir/wire/c_hdlc.h"

namespace weir::print {
namespace {

using wire::CiscoHdlcView;

constexpr Name ppp_protocols[] = {
    // NOLINT(modernize-avoid-c-arrays)
    {0x0021, "IP"},     {0x0023, "OSI"},        {0x0025, "NS"},     {0x0027, "DECNET"},
    {0x0029, "APPLE"},  {0x002b, "IPX"},        {0x002d, "VJC"},    {0x002f, "VJNC"},
    {0x0031, "BRPDU"},  {0x0033, "STII"},       {0x0035, "VINES"},  {0x0041, "HELLO"},
    {0x0049, "LUXCOM"}, {0x004b, "SNS"},        {0x0057, "IP6"},    {0x00fb, "COMP"},
    {0x0281, "MPLS"},   {0x0283, "MPLS_MCAST"}, {0x8021, "IPCP"},   {0x8023, "OSICP"},
    {0x8057, "IP6CP"},  {0x80fb, "CCP"},        {0x8281, "MPLSCP"}, {0xc021, "LCP"},
    {0xc023, "PAP"},    {0xc025, "LQM"},        {0xc027, "SPAP"},   {0xc223, "CHAP"},
    {0xc227, "EAP"},
};

}  // namespace

/// A capture of PPP may hold Cisco HDLC; the first byte tells.
void Printer::serial(const Header& header) {
  if (header.holds(0, 1) && CiscoHdlcView::is_address(header.u8(0))) return c_hdlc(header);
  ppp(header, true);
}

void Printer::ppp(const Header& header) { ppp(header, false); }

void Printer::ppp(const Header& header, bool with_link_header) {
  line_.reading("ppp");
  const std::size_t length = header.length();
  std::size_t at = header.u16(0) == 0xff03 ? 2 : 0;
  const unsigned first = header.u8(at);
  const std::uint16_t protocol =
      (first & 1) != 0 ? static_cast<std::uint16_t>(first) : header.u16(at);
  at += (first & 1) != 0 ? 1 : 2;
  if (line_.is_cut()) return;
  const std::string_view name = name_in(ppp_protocols, protocol);
  if (options_.link_header) {
    line_.print("{} (0x{:04x}), length {}: ", name.empty() ? "unknown" : name, protocol, length);
  }
  if (with_link_header && depth_ == 0) link_header_ = at;
  const Header rest = header.from(at);
  if (follow(rest)) return;
  if (name.empty()) {
    line_.print("{} (0x{:04x}), length {}", "unknown", protocol, length);
    return put_unknown(rest);
  }
  line_.print("{}, length {}", name, length);
}

void Printer::c_hdlc(const Header& header) {
  line_.reading("chdlc");
  constexpr std::size_t size = CiscoHdlcView::min_header_length;
  if (header.length() < size || !header.need(0, size)) return line_.cut();
  const std::uint16_t protocol = header.u16(2);
  if (options_.link_header) {
    const unsigned address = header.u8(0);
    if (address == CiscoHdlcView::unicast) {
      line_.put("unicast, ");
    } else if (address == CiscoHdlcView::multicast) {
      line_.put("bcast, ");
    } else {
      line_.print("0x{:02x}, ", address);
    }
    put_ether_type(protocol);
    line_.print(", length {}: ", header.length());
  }
  if (depth_ == 0 && link_header_ == 0) link_header_ = size;
  const Header rest = header.from(size);
  // RFC 1547 4.3.1: serial line address resolution, under RARP's number.
  if (protocol == CiscoHdlcView::slarp) {
    static constexpr Name codes[] = {{0, "request"}, {1, "reply"}, {2, "keepalive"}};
    const std::uint32_t code = rest.u32(0);
    const std::string_view name = name_in(codes, code);
    line_.print("SLARP (length: {}), {}", rest.length(), name.empty() ? "unknown" : name);
    if (code == 2) line_.print(": mineseen={}, yourseen={}", rest.u32(4), rest.u32(8));
    return;
  }
  by_ether_type(protocol, rest);
}

}  // namespace weir::print
