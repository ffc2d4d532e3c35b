// SCTP (RFC 9260): the chunks of a packet.
#include "print/printer.h"

namespace weir::print {
namespace {

constexpr std::size_t header_size = 12;

constexpr Name chunk_names[] = {
    // NOLINT(modernize-avoid-c-arrays)
    {0, "DATA"},          {1, "INIT"},           {2, "INIT ACK"},
    {3, "SACK"},          {4, "HB REQ"},         {5, "HB ACK"},
    {6, "ABORT"},         {7, "SHUTDOWN"},       {8, "SHUTDOWN ACK"},
    {9, "OP ERR"},        {10, "COOKIE ECHO"},   {11, "COOKIE ACK"},
    {12, "ECN ECHO"},     {13, "CWR"},           {14, "SHUTDOWN COMPLETE"},
    {15, "AUTH"},         {0x82, "RE-CONFIG"},   {0xc1, "ASCONF"},
    {0x80, "ASCONF-ACK"}, {0xc0, "FORWARD TSN"},
};

constexpr Name payload_protocols[] = {
    // NOLINT(modernize-avoid-c-arrays)
    {1, "IUA"}, {2, "M2UA"}, {3, "M3UA"}, {4, "SUA"}, {5, "M2PA"}, {6, "V5UA"}, {7, "H.248"},
};

void put_data(Line& line, const Header& chunk, unsigned flags) {
  line.print("{}{}{} ", (flags & 4) != 0 ? "(U)" : "", (flags & 2) != 0 ? "(B)" : "",
             (flags & 1) != 0 ? "(E)" : "");
  line.print("[TSN: {}] ", chunk.u32(4));
  line.print("[SID: {}] ", chunk.u16(8));
  line.print("[SSEQ {}] ", chunk.u16(10));
  const std::uint32_t protocol = chunk.u32(12);
  const std::string_view name = name_in(payload_protocols, protocol);
  if (name.empty()) {
    line.print("[PPID 0x{:x}] ", protocol);
  } else {
    line.print("[PPID {}] ", name);
  }
}

void put_init(Line& line, const Header& chunk) {
  line.print("[init tag: {}] ", chunk.u32(4));
  line.print("[rwnd: {}] ", chunk.u32(8));
  line.print("[OS: {}] ", chunk.u16(12));
  line.print("[MIS: {}] ", chunk.u16(14));
  line.print("[init TSN: {}] ", chunk.u32(16));
}

void put_sack(Line& line, const Header& chunk) {
  line.print("[cum ack {}] ", chunk.u32(4));
  line.print("[a_rwnd {}] ", chunk.u32(8));
  const unsigned gaps = chunk.u16(12);
  const unsigned duplicates = chunk.u16(14);
  line.print("[#gap acks {}] [#dup tsns {}] ", gaps, duplicates);
}

}  // namespace

void Printer::sctp(const Header& header) {
  line_.reading("sctp");
  if (header.length() < header_size) {
    put_addresses();
    line_.print("[length {} < {}] (invalid)", header.length(), header_size);
    return;
  }
  if (!header.holds(0, 4)) {
    put_addresses();
    line_.out().pop_back();
    return line_.cut();
  }
  put_endpoints(header.u16(0), header.u16(2));
  line_.put("sctp");
  std::size_t at = header_size;
  for (unsigned count = 1; at < header.length() && !line_.is_cut(); ++count) {
    if (header.length() - at < 4) {
      line_.print("{}{}) ", verbose(2) ? "\n\t(" : " (", count);
      return;
    }
    const Header chunk = header.from(at);
    const unsigned type = chunk.u8(0);
    const unsigned flags = chunk.u8(1);
    const std::size_t length = chunk.u16(2);
    if (line_.is_cut()) return;
    const std::string_view name = name_in(chunk_names, type);
    line_.print("{}{}) [", verbose(2) ? "\n\t(" : count == 1 ? " (" : ", (", count);
    if (name.empty()) {
      line_.print("Unknown chunk type: 0x{:x}]", type);
    } else {
      line_.print("{}] ", name);
    }
    if (length < 4 || length > chunk.length()) {
      line_.print("[Bad chunk length {}]", length);
      return;
    }
    switch (type) {
      case 0:
        put_data(line_, chunk, flags);
        break;
      case 1:
      case 2:
        put_init(line_, chunk);
        break;
      case 3:
        put_sack(line_, chunk);
        break;
      default:
        break;
    }
    at += (length + 3) & ~std::size_t{3};
  }
}

}  // namespace weir::print
