// Tunnels whose packets stand on the same line: NSH, L2TP, GTP, Teredo, ERSPAN, EtherIP.
#include "print/printer.h"
#include "weir/wire/l2tp.h"

namespace weir::print {
namespace {

/// RFC 2661 3.2.
constexpr Name message_types[] = {
    // NOLINT(modernize-avoid-c-arrays)
    {1, "SCCRQ"}, {2, "SCCRP"}, {3, "SCCCN"}, {4, "StopCCN"}, {6, "HELLO"},
    {7, "OCRQ"},  {8, "OCRP"},  {9, "OCCN"},  {10, "ICRQ"},   {11, "ICRP"},
    {12, "ICCN"}, {14, "CDN"},  {15, "WEN"},  {16, "SLI"},
};

constexpr Name l2tp_flags[] = {
    // NOLINT(modernize-avoid-c-arrays)
    {0x8000, "T"}, {0x4000, "L"}, {0x0800, "S"}, {0x0200, "O"}, {0x0100, "P"},
};

}  // namespace

/// Goes on with what a tunnel carries, if decode() knows it.
void Printer::inner(const Header& rest) {
  if (line_.is_cut()) return;
  if (follow(rest)) {
    line_.put(": ");
  } else {
    line_.print(", length {}", rest.length());
  }
}

void Printer::nsh(const Header& header) {
  line_.reading("nsh");
  line_.put("NSH, ");
  const unsigned first = header.u8(0);
  if (first >> 6 != 0) return line_.print("ERROR: unknown-version {}", first >> 6);
  line_.print("flags [{}], service-path-id 0x{:06x}, service-index 0x{:x}",
              (first & 0x20) != 0 ? "O" : "none", header.u24(4), header.u8(7));
  line_.put(verbose() ? "\n    " : ": ");
  if (!follow(behind(header))) line_.put("ERROR: unknown-next-protocol");
}

void Printer::l2tp(const Header& header) {
  line_.reading("l2tp");
  const std::uint16_t flags = header.u16(0);
  if ((flags & 15) != 2) return line_.put(" Unknown Version, neither L2F(1) nor L2TP(2)");
  const auto view = wire::L2tpView::parse(header.captured());
  if (!view) return line_.cut();
  line_.put(" l2tp:[");
  put_bits(line_, l2tp_flags, flags, "", "");
  line_.print("]({}/{})", view->tunnel_identifier(), view->session_identifier());
  if (view->has_sequence()) line_.print("Ns={},Nr={}", view->ns(), view->nr());
  const Header message = view->has_length() ? header.first(view->length()) : header;
  const Header rest = message.from(view->header_length());
  if (view->is_control()) return l2tp_control(rest);
  line_.put(" {");
  ++open_braces_;
  if (!follow(rest)) line_.print("length {}", rest.length());
}

/// The type of the message: the value of the first attribute.
void Printer::l2tp_control(const Header& message) {
  constexpr std::size_t type_at = 6;
  if (message.length() == 0) return line_.put(" ZLB");
  if (message.u16(4) != 0) return line_.print(", length {}", message.length());
  const std::uint16_t type = message.u16(type_at);
  const std::string_view name = name_in(message_types, type);
  if (name.empty()) return line_.print(" *MSGTYPE({})", type);
  line_.print(" *MSGTYPE({})", name);
}

void Printer::gtp(const Header& header) {
  line_.reading("gtp");
  const unsigned version = header.u8(0) >> 5;
  line_.print("GTPv{}, type {}", version, header.u8(1));
  if (version == 1) line_.print(", teid 0x{:08x}", header.u32(4));
  inner(behind(header));
}

void Printer::teredo(const Header& header) {
  line_.put("Teredo");
  inner(behind(header));
}

void Printer::erspan(const Header& header) {
  line_.reading("erspan");
  const Header rest = behind(header);
  if (rest.length() == header.length()) {
    line_.put("ERSPAN type I");
  } else {
    line_.print("ERSPAN type {}, session {}, vlan {}", header.u8(0) >> 4 == 1 ? "II" : "III",
                header.u16(2) & 0x3ff, header.u16(0) & 0xfff);
  }
  inner(rest);
}

void Printer::ether_ip(const Header& header) {
  line_.put("EtherIP");
  inner(behind(header));
}

}  // namespace weir::print
