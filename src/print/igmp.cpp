// IGMP (RFC 1112, RFC 2236, RFC 3376).
#include "print/printer.h"

namespace weir::print {
namespace {

constexpr Name record_types[] = {
    // NOLINT(modernize-avoid-c-arrays)
    {1, "is_in"}, {2, "is_ex"}, {3, "to_in"}, {4, "to_ex"}, {5, "allow"}, {6, "block"},
};

void put_sources(Line& line, const Header& header, std::size_t at, std::size_t count) {
  for (std::size_t i = 0; i < count && !line.is_cut(); ++i) {
    const Ipv4Address source = header.v4(at + 4 * i);
    line.put(' ');
    line.put(source);
  }
}

void put_report(Line& line, const Header& header, unsigned verbosity) {
  const std::size_t count = header.u16(6);
  line.print(", {} group record(s)", count);
  if (verbosity == 0) return;
  std::size_t at = 8;
  for (std::size_t i = 0; i < count && !line.is_cut(); ++i) {
    if (header.length() < at + 8) return line.put(" [invalid number of groups]");
    const Ipv4Address group = header.v4(at + 4);
    line.put(" [gaddr ");
    line.put(group);
    const unsigned type = header.u8(at);
    const std::string_view name = name_in(record_types, type);
    line.put(' ');
    if (name.empty()) {
      line.print("[v3-report-#{}]", type);
    } else {
      line.put(name);
    }
    const std::size_t sources = header.u16(at + 2);
    if (header.length() < at + 8 + 4 * sources) {
      return line.print(" [invalid number of sources {}]", sources);
    }
    if (verbosity > 1) {
      line.put(" {");
      put_sources(line, header, at + 8, sources);
      line.put(" }");
    } else {
      line.print(", {} source(s)", sources);
    }
    line.put(']');
    at += 8 + 4 * sources + header.u8(at + 1) * std::size_t{4};
  }
}

/// RFC 3376 4.1.1: from 128 on a code is a floating-point number. In tenths of a second.
unsigned from_code(unsigned code) noexcept {
  return code < 128 ? code : ((code & 15) | 16) << (((code >> 4) & 7) + 3);
}

void put_query_v3(Line& line, const Header& header, unsigned verbosity) {
  line.put(" v3");
  if (header.length() < 12) return line.print(" [invalid len {}]", header.length());
  const unsigned code = header.u8(1);
  if (code != 100) {
    const unsigned tenths = from_code(code);
    line.put(" [max resp time ");
    if (code < 128) {
      line.print("{}.{}s]", tenths / 10, tenths % 10);
    } else {
      line.print("{}s]", tenths / 10);
    }
  }
  const Ipv4Address group = header.v4(4);
  const std::size_t sources = header.u16(10);
  if (group == Ipv4Address{}) return;
  line.put(" [gaddr ");
  line.put(group);
  if (sources > 0) {
    if (header.length() < 12 + 4 * sources) {
      line.print(" [invalid number of sources {}]", sources);
    } else if (verbosity > 1) {
      line.put(" {");
      put_sources(line, header, 12, sources);
      line.put(" }");
    } else {
      line.print(", {} source(s)", sources);
    }
  }
  line.put(']');
}

void put_query(Line& line, const Header& header, unsigned verbosity) {
  line.put("igmp query");
  if (header.length() >= 12) return put_query_v3(line, header, verbosity);
  const unsigned code = header.u8(1);
  if (code != 0) {
    line.put(" v2");
    if (code != 100) line.print(" [max resp time {}]", code);
  } else {
    line.put(" v1");
  }
  const Ipv4Address group = header.v4(4);
  if (group == Ipv4Address{}) return;
  line.put(" [gaddr ");
  line.put(group);
  line.put(']');
}

}  // namespace

void Printer::igmp(const Header& header) {
  line_.reading("igmp");
  if (options_.quick) return line_.put("igmp");
  const unsigned type = header.u8(0);
  const auto with_group = [&](std::string_view name) {
    const Ipv4Address group = header.v4(4);
    line_.put(name);
    line_.put(group);
    if (header.length() != 8) line_.print(" [len {}]", header.length());
  };
  switch (type) {
    case 0x11:
      put_query(line_, header, options_.verbosity);
      break;
    case 0x12:
      with_group("igmp v1 report ");
      break;
    case 0x16:
      with_group("igmp v2 report ");
      break;
    case 0x17: {
      const Ipv4Address group = header.v4(4);
      line_.put("igmp leave ");
      line_.put(group);
      break;
    }
    case 0x22:
      line_.put("igmp v3 report");
      put_report(line_, header, options_.verbosity);
      break;
    case 0x13:
      line_.print("igmp dvmrp");
      break;
    case 0x14:
      line_.print("igmp pimv1");
      break;
    default:
      line_.print("igmp-{}", type);
  }
  if (verbose() && checksum().bad()) line_.print(" bad igmp cksum {:x}!", header.u16(2));
}

}  // namespace weir::print
