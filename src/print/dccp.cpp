// DCCP (RFC 4340): the type of a packet, what it acknowledges, and its options.
#include "print/printer.h"

namespace weir::print {
namespace {

constexpr Name types[] = {
    // NOLINT(modernize-avoid-c-arrays)
    {0, "DCCP-Request"}, {1, "DCCP-Response"}, {2, "DCCP-Data"},  {3, "DCCP-Ack"},
    {4, "DCCP-DataAck"}, {5, "DCCP-CloseReq"}, {6, "DCCP-Close"}, {7, "DCCP-Reset"},
    {8, "DCCP-Sync"},    {9, "DCCP-SyncAck"},
};

constexpr Name reset_codes[] = {
    // NOLINT(modernize-avoid-c-arrays)
    {0, "unspecified"},      {1, "closed"},
    {2, "aborted"},          {3, "no_connection"},
    {4, "packet_error"},     {5, "option_error"},
    {6, "mandatory_error"},  {7, "connection_refused"},
    {8, "bad_service_code"}, {9, "too_busy"},
    {10, "bad_init_cookie"}, {11, "aggression_penalty"},
};

constexpr unsigned request = 0;
constexpr unsigned response = 1;
constexpr unsigned data = 2;
constexpr unsigned reset = 7;
constexpr unsigned last_known = 9;

/// RFC 4340 5: what follows the generic header for a type, the acknowledgement as long as its X bit
/// says.
std::size_t fixed_length(unsigned type, bool extended) noexcept {
  const std::size_t acknowledgement = type == request || type == data ? 0 : extended ? 8 : 4;
  return acknowledgement + (type == request || type == response || type == reset ? 4 : 0);
}

/// RFC 4340 9.2: 1 covers the header, each more four bytes behind it.
std::size_t most_coverage(const Header& header) noexcept {
  const std::size_t data_offset = std::size_t{header.u8(4)} * 4;
  return data_offset > header.length() ? 0 : 1 + (header.length() - data_offset) / 4;
}

}  // namespace

void Printer::dccp(const Header& header) {
  line_.reading("dccp");
  if (!header.holds(0, 4)) {
    if (ip_.direct) put_addresses();
    return line_.cut();
  }
  put_endpoints(header.u16(0), header.u16(2));
  const unsigned type_and_extended = header.u8(8);
  if (line_.is_cut()) return;
  const bool extended = (type_and_extended & 1) != 0;
  const unsigned type = type_and_extended >> 1 & 15;
  line_.put("DCCP ");
  if (verbose()) dccp_checksum(header);
  const std::string_view name = name_in(types, type);
  if (type > last_known) return line_.print("unknown-type-{}", type);
  const std::size_t generic = extended ? 16 : 12;
  const std::size_t length = (std::size_t{header.u8(4)}) * 4;
  const std::size_t least = generic + fixed_length(type, extended);
  if (length < least || header.length() < least) {
    return line_.print("truncated-{} - {} bytes missing!", name,
                       least - std::min({least, length, header.length()}));
  }
  line_.put(name);
  std::size_t at = generic;
  std::uint64_t acknowledged = 0;
  const bool acknowledges = type != request && type != data;
  if (acknowledges) {
    acknowledged = extended ? header.u64(at) & 0xffffffffffffU : header.u32(at) & 0xffffffU;
    at += extended ? 8 : 4;
  }
  if (type == request || type == response) line_.print(" (service={})", header.u32(at));
  if (type == reset) {
    const std::string_view code = name_in(reset_codes, header.u8(at));
    line_.print(" (code={})", code.empty() ? "reserved" : code);
  }
  if (acknowledges) line_.print(" (ack={})", acknowledged);
  line_.put(' ');
  if (verbose(2)) {
    line_.print("seq {}", extended ? header.u64(8) & 0xffffffffffffU : header.u32(8) & 0xffffffU);
  }
}

void Printer::dccp_checksum(const Header& header) {
  const unsigned field = header.u8(5);
  line_.print("(CCVal {}, CsCov {}, ", field >> 4, field & 15);
  const Checksum found = checksum();
  if (found.good() || found.bad()) line_.print("cksum 0x{:04x} ", header.u16(6));
  if (found.good()) {
    line_.put("(correct)");
  } else if (found.bad() && (field & 15) > most_coverage(header)) {
    line_.put("(incorrect, CsCov beyond the end)");
  } else if (found.bad()) {
    line_.print("(incorrect -> 0x{:04x})", found.expected);
  } else {
    line_.print("cksum 0x{:04x} (unverified)", header.u16(6));
  }
  line_.put(") ");
}

}  // namespace weir::print
