// IGMP (RFC 1112, RFC 2236, RFC 3376).
#include "print/group_records.h"

namespace weir::print {
namespace {

void put_query_v3(Line& line, const Header& header, unsigned verbosity) {
  line.put(" v3");
  if (header.length() < 12) return line.print(" [invalid len {}]", header.length());
  const std::uint8_t code = header.u8(1);
  if (code != 100) {
    const unsigned tenths = wire::igmp_code_value(code);
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
    } else {
      put_sources<Igmpv3>(line, header, 12, sources, verbosity);
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
      put_report<Igmpv3>(line_, header, options_.verbosity);
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
