// Domain names, questions and resource records (RFC 1035, RFC 3596, RFC 2782, RFC 6891).
#include "print/application/dns.h"
#include "print/printer.h"

namespace weir::print {
namespace {

constexpr std::uint16_t class_in = 1;
/// RFC 6762 10.2 and 5.4.
constexpr std::uint16_t multicast_bit = 0x8000;
constexpr std::uint16_t type_opt = 41;
constexpr int max_labels = 128;

constexpr Name types[] = {
// NOLINT(modernize-avoid-c-arrays)
#include "print/application/dns_types.inc"
};

constexpr Name classes[] = {
    // NOLINT(modernize-avoid-c-arrays)
    {1, "IN"}, {2, "CSNET"}, {3, "CHAOS"}, {4, "HS"}, {255, "ANY"},
};

constexpr Name edns_options[] = {
    // NOLINT(modernize-avoid-c-arrays)
    {1, "LLQ"},      {2, "UL"},     {3, "NSID"},     {5, "DAU"},         {6, "DHU"},
    {7, "N3U"},      {8, "ECS"},    {9, "EXPIRE"},   {10, "COOKIE"},     {11, "KEEPALIVE"},
    {12, "PADDING"}, {13, "CHAIN"}, {14, "KEY-TAG"}, {16, "CLIENT-TAG"}, {17, "SERVER-TAG"},
};

void put_type(Line& line, std::uint16_t type) {
  const std::string_view name = name_in(types, type);
  if (name.empty()) {
    line.print("Type{}", type);
  } else {
    line.put(name);
  }
}

void put_class(Line& line, std::uint16_t number) {
  if (number == class_in) return;
  const std::string_view name = name_in(classes, number);
  if (name.empty()) return line.print(" (Class {})", number);
  line.print(" {}", name);
}

void put_label(Line& line, const Header& bytes, std::size_t at, std::size_t length) {
  for (std::size_t i = 0; i < length; ++i) line.put_escaped(bytes.u8(at + i));
}

/// A time as 1w2d3h4m5s, RFC 1035's seconds.
void put_lifetime(Line& line, std::uint32_t seconds) {
  if (seconds == 0) return line.put("0s");
  struct Unit {
    std::uint32_t seconds;
    char letter;
  };
  static constexpr Unit units[] = {{604800, 'w'}, {86400, 'd'}, {3600, 'h'}, {60, 'm'}, {1, 's'}};
  for (const Unit& unit : units) {
    if (seconds >= unit.seconds) line.print("{}{}", seconds / unit.seconds, unit.letter);
    seconds %= unit.seconds;
  }
}

/// RFC 7871 6: family, two prefix lengths, as many octets as the first needs.
void put_client_subnet(Line& line, const Header& option, std::size_t length) {
  line.put(' ');
  if (length < 4) return line.print("[ECS option must be >= 4]");
  const std::uint16_t family = option.u16(0);
  const unsigned source = option.u8(2);
  const unsigned scope = option.u8(3);
  const std::size_t octets = (source + 7) / 8;
  if (octets != length - 4) return line.put("[bad length]");
  IpAddress address;
  if (family == 1 && octets <= Ipv4Address::size) {
    Ipv4Address v4;
    for (std::size_t i = 0; i < octets; ++i) v4.octets[i] = option.u8(4 + i);
    address = v4;
  } else if (family == 2 && octets <= Ipv6Address::size) {
    Ipv6Address v6;
    for (std::size_t i = 0; i < octets; ++i) v6.octets[i] = option.u8(4 + i);
    address = v6;
  } else {
    return line.put("[Invalid family]");
  }
  line.put(address);
  line.print("/{}/{}", source, scope);
}

void put_option(Line& line, const Header& option, std::uint16_t code, std::size_t length) {
  const std::string_view name = name_in(edns_options, code);
  if (name.empty()) {
    line.print("Opt{}", code);
  } else {
    line.put(name);
  }
  switch (code) {
    case 8:
      put_client_subnet(line, option, length);
      break;
    case 10:
      if (length != 8 && (length < 16 || length > 40)) {
        line.put(" [bad cookie length]");
        break;
      }
      line.put(' ');
      for (std::size_t i = 0; i < length; ++i) line.print("{:02x}", option.u8(i));
      break;
    case 11:
      if (length == 2) {
        const unsigned tenths = option.u16(0);
        line.print(" {}.{} sec", tenths / 10, tenths % 10);
      }
      break;
    case 9:
      if (length == 4) line.print(" {} sec", option.u32(0));
      break;
    case 3:
      if (length != 0) line.put(' ');
      for (std::size_t i = 0; i < length; ++i) line.print("{:02x}", option.u8(i));
      break;
    case 12:
      line.print(" ({})", length);
      break;
    default:
      if (!name.empty() || length == 0) break;
      line.put(' ');
      for (std::size_t i = 0; i < length; ++i) line.print("{:02x}", option.u8(i));
  }
}

void put_opt(Line& line, const Header& data, std::uint16_t udp_size, bool dnssec_ok) {
  line.print(" UDPsize={}", udp_size);
  if (dnssec_ok) line.put(" DO");
  if (data.length() == 0) return;
  line.put(" [");
  std::size_t at = 0;
  while (at + 4 <= data.length() && !line.is_cut()) {
    if (at != 0) line.put(',');
    const std::uint16_t code = data.u16(at);
    const std::size_t length = data.u16(at + 2);
    if (length > data.length() - at - 4) return line.cut();
    put_option(line, data.from(at + 4).first(length), code, length);
    at += 4 + length;
  }
  line.put(']');
}

void put_strings(Line& line, const Header& data) {
  for (std::size_t at = 0; at < data.length() && !line.is_cut();) {
    const std::size_t length = data.u8(at);
    line.put(" \"");
    if (!data.need(at + 1, length)) return;
    put_label(line, data, at + 1, length);
    line.put('"');
    at += 1 + length;
  }
}

/// The data of a record; false if a name in it is broken or cut.
bool put_data(Line& line, const DnsMessage& message, std::uint16_t type, std::size_t at,
              std::size_t length) {
  const Header data = message.bytes.from(at).first(length);
  switch (type) {
    case 1: {
      const Ipv4Address address = data.v4(0);
      line.put(' ');
      line.put(address);
      return true;
    }
    case 28: {
      const Ipv6Address address = data.v6(0);
      line.put(' ');
      line.put(address);
      return true;
    }
    case 2:
    case 5:
    case 12:
    case 39:
      line.put(' ');
      return put_name(line, message, at).has_value();
    case 6: {
      if (message.verbosity == 0) return true;
      line.put(' ');
      auto next = put_name(line, message, at);
      if (!next) return false;
      line.put(' ');
      next = put_name(line, message, *next);
      if (!next) return false;
      for (std::size_t i = 0; i < 5; ++i) line.print(" {}", message.bytes.u32(*next + 4 * i));
      return true;
    }
    case 15: {
      line.put(' ');
      if (!put_name(line, message, at + 2)) return false;
      line.print(" {}", data.u16(0));
      return true;
    }
    case 16:
      put_strings(line, data);
      return true;
    case 33: {
      line.put(' ');
      if (!put_name(line, message, at + 6)) return false;
      line.print(":{} {} {}", data.u16(4), data.u16(0), data.u16(2));
      return true;
    }
    default:
      return true;
  }
}

}  // namespace

std::optional<std::size_t> skip_name(const DnsMessage& message, std::size_t at) {
  for (int labels = 0; labels < max_labels; ++labels) {
    if (!message.bytes.holds(at, 1)) return std::nullopt;
    const std::size_t length = message.bytes.u8(at++);
    if ((length & 0xc0) == 0xc0) return at + 1;
    if (length == 0) return at;
    if ((length & 0xc0) != 0) return std::nullopt;
    at += length;
  }
  return std::nullopt;
}

/// Where the pointer at `at` leads (RFC 1035 4.1.4). Each must go further back than the last,
/// which led to `limit`: so a name ends.
std::optional<std::size_t> pointed_to(Line& line, const Header& bytes, std::size_t at,
                                      std::size_t limit) {
  const std::size_t target = bytes.u16(at) & 0x3fffU;
  if (line.is_cut()) return std::nullopt;
  if (target < limit && target < at) return target;
  line.put("<BAD PTR>");
  return std::nullopt;
}

std::optional<std::size_t> put_name(Line& line, const DnsMessage& message, std::size_t at) {
  const Header& bytes = message.bytes;
  std::optional<std::size_t> after;
  std::size_t limit = bytes.length();
  bool root = true;
  for (int labels = 0; labels < max_labels; ++labels) {
    const std::size_t length = bytes.u8(at);
    if (line.is_cut()) return std::nullopt;
    if (length == 0) {
      if (root) line.put('.');
      return after ? after : at + 1;
    }
    if ((length & 0xc0) == 0xc0) {
      const auto target = pointed_to(line, bytes, at, limit);
      if (!target) return std::nullopt;
      if (!after) after = at + 2;
      at = limit = *target;
      continue;
    }
    if ((length & 0xc0) != 0) {
      line.print("<{}-bit label>", (length & 0xc0) == 0x40 ? "extended" : "bad");
      return std::nullopt;
    }
    put_label(line, bytes, at + 1, length);
    if (line.is_cut()) return std::nullopt;
    line.put('.');
    root = false;
    at += 1 + length;
  }
  line.put("<LABEL LIMIT>");
  return std::nullopt;
}

std::optional<std::size_t> put_question(Line& line, const DnsMessage& message, std::size_t at) {
  const auto end = skip_name(message, at);
  if (!end || !message.bytes.holds(*end, 4)) return std::nullopt;
  line.put(' ');
  put_type(line, message.bytes.u16(*end));
  std::uint16_t number = message.bytes.u16(*end + 2);
  const bool unicast = message.multicast && (number & multicast_bit) != 0;
  if (message.multicast) number &= static_cast<std::uint16_t>(~multicast_bit);
  put_class(line, number);
  if (message.multicast) line.put(unicast ? " (QU)" : " (QM)");
  line.put("? ");
  if (!put_name(line, message, at)) return std::nullopt;
  return *end + 4;
}

std::optional<std::size_t> put_record(Line& line, const DnsMessage& message, std::size_t at) {
  std::optional<std::size_t> end;
  if (message.verbosity != 0) {
    line.put(' ');
    end = put_name(line, message, at);
  } else {
    end = skip_name(message, at);
    if (!end) return message.bytes.captured().size();
  }
  if (!end || line.is_cut()) return std::nullopt;
  if (!message.bytes.holds(*end, 10)) return message.bytes.captured().size();
  const std::uint16_t type = message.bytes.u16(*end);
  const std::uint16_t stored_class = message.bytes.u16(*end + 2);
  std::uint16_t number = stored_class;
  if (type != type_opt) {
    if (message.multicast && (number & multicast_bit) != 0) line.put(" (Cache flush)");
    if (message.multicast) number &= static_cast<std::uint16_t>(~multicast_bit);
    put_class(line, number);
  }
  const std::uint32_t lifetime = message.bytes.u32(*end + 4);
  const std::size_t length = message.bytes.u16(*end + 8);
  const std::size_t data = *end + 10;
  if (message.verbosity > 2 && type != type_opt) {
    line.put(" [");
    put_lifetime(line, lifetime);
    line.put(']');
  }
  line.put(' ');
  put_type(line, type);
  if (!message.bytes.holds(data, length)) return std::nullopt;
  if (type == type_opt) {
    put_opt(line, message.bytes.from(data).first(length), stored_class, (lifetime & 0x8000) != 0);
  } else if (!put_data(line, message, type, data, length)) {
    return std::nullopt;
  }
  return data + length;
}

}  // namespace weir::print
