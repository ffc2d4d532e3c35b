// TCP (RFC 9293): flags, relative sequence numbers, options.
#include "print/printer.h"

namespace weir::print {
namespace {

constexpr std::size_t min_header = 20;

constexpr std::uint8_t fin = 0x01;
constexpr std::uint8_t syn = 0x02;
constexpr std::uint8_t rst = 0x04;
constexpr std::uint8_t ack_flag = 0x10;
constexpr std::uint8_t urg = 0x20;

/// RFC 1644: it has no name.
constexpr std::uint8_t echo_of_connection_count = 13;

constexpr Name flag_names[] = {
    // NOLINT(modernize-avoid-c-arrays)
    {0x01, "F"}, {0x02, "S"}, {0x04, "R"}, {0x08, "P"},
    {0x10, "."}, {0x20, "U"}, {0x40, "E"}, {0x80, "W"},
};

constexpr Name option_names[] = {
    // NOLINT(modernize-avoid-c-arrays)
    {0, "eol"},   {1, "nop"},       {2, "mss"},     {3, "wscale"}, {4, "sackOK"}, {5, "sack"},
    {6, "echo"},  {7, "echoreply"}, {8, "TS"},      {11, "cc"},    {12, "ccnew"}, {19, "md5"},
    {20, "scps"}, {28, "uto"},      {29, "tcp-ao"}, {30, "mptcp"}, {34, "tfo"},   {254, "exp"},
};

/// What is read of a header that is there.
struct Segment {
  explicit Segment(const Header& header)
      : source{header.u16(0)},
        destination{header.u16(2)},
        sequence{header.u32(4)},
        acknowledgment{header.u32(8)},
        flags{header.u8(13)} {}

  [[nodiscard]] bool has(unsigned any) const noexcept { return (flags & any) != 0; }

  std::uint16_t source;
  std::uint16_t destination;
  std::uint32_t sequence;
  std::uint32_t acknowledgment;
  std::uint8_t flags;
};

/// What the numbers of a segment that acknowledges are counted from.
record::TcpBases::Seen bases(SequenceTable& table, const IpContext& ip, const Segment& of) {
  const bool reversed =
      of.source > of.destination || (of.source == of.destination && ip.source > ip.destination);
  const ConnectionKey key{
      reversed ? ip.destination : ip.source, reversed ? ip.source : ip.destination,
      reversed ? of.destination : of.source, reversed ? of.source : of.destination};
  return table.at(key).learn(!reversed, of.sequence, of.acknowledgment, of.has(syn));
}

void put_quick(Line& line, std::size_t length, std::size_t header_length) {
  line.print("tcp {}", static_cast<std::int32_t>(length - header_length));
  if (header_length > length) {
    line.print(" [bad hdr length {} - too long, > {}]", header_length, length);
  }
}

/// Where the data begins and ends.
void put_sequence(Line& line, std::uint32_t first, std::size_t data) {
  line.put(", seq ");
  line.put_decimal(first);
  if (data == 0) return;
  line.put(':');
  line.put_decimal(static_cast<std::uint32_t>(first + data));
}

/// Puts a list of options. Like the receivers that skip by what an option means rather than by its
/// length field, it goes on behind the data it has read.
class Options {
 public:
  Options(Line& line, const Header& options, std::uint32_t peer)
      : line_{line}, options_{options}, peer_{peer} {}

  /// "[mss 1460,sackOK]"; false if the segment is not to be printed further.
  bool put() {
    line_.put(", options [");
    for (at_ = 0; at_ < options_.length();) {
      first_ = at_ == 0;
      if (!first_) line_.put(',');
      const std::uint8_t kind = options_.u8(at_);
      const std::size_t size = kind > 1 ? options_.u8(at_ + 1) : 1;
      if (line_.is_cut()) return false;
      if (kind > 1 && (size < 2 || size > options_.length() - at_)) return bad();
      put_name(kind);
      at_ += kind > 1 ? 2 : 1;
      const std::size_t before = at_;
      if (!put_data(kind, kind > 1 ? size - 2 : 0)) return false;
      if (at_ - before + (kind > 1 ? 2 : 1) != size) line_.print("[len {}]", size);
      if (kind == 0) break;
    }
    line_.put(']');
    return true;
  }

 private:
  bool bad() {
    line_.put("[bad opt]");
    if (!first_) line_.put(']');
    return false;
  }

  void put_name(std::uint8_t kind) {
    const std::string_view name = name_in(option_names, kind);
    if (name.empty() && kind != echo_of_connection_count) {
      line_.print("unknown-{}", kind);
    } else {
      line_.put(name);
    }
  }

  /// Whether `wanted` bytes lie in the header and were captured; says so if not.
  bool has(std::size_t wanted) {
    if (wanted > options_.length() - at_) return bad();
    if (options_.holds(at_, wanted)) return true;
    line_.put(first_ ? " [|tcp]" : " [|tcp]>");
    return false;
  }

  /// Puts the data of an option and steps over it.
  bool put_data(std::uint8_t kind, std::size_t length) {
    switch (kind) {
      case 0:
      case 1:
      case 4:
        return true;
      case 2:
        if (!has(2)) return false;
        line_.print(" {}", options_.u16(at_));
        at_ += 2;
        return true;
      case 3:
        if (!has(1)) return false;
        line_.print(" {}", options_.u8(at_));
        at_ += 1;
        return true;
      case 6:
      case 7:
      case 11:
      case 12:
      case 13:
        if (!has(4)) return false;
        line_.print(" {}", options_.u32(at_));
        at_ += 4;
        return true;
      case 8:
        if (!has(8)) return false;
        line_.print(" val {} ecr {}", options_.u32(at_), options_.u32(at_ + 4));
        at_ += 8;
        return true;
      case 5:
        return put_blocks(length);
      default:
        break;
    }
    if (!has(length)) return false;
    put_rare(kind, options_.from(at_), length);
    at_ += length;
    return true;
  }

  bool put_blocks(std::size_t length) {
    if (length % 8 != 0) {
      line_.put(" invalid sack");
      at_ += length;
      return true;
    }
    line_.print(" {} ", length / 8);
    for (std::size_t i = 0; i < length; i += 8) {
      if (!has(i + 8)) return false;
      line_.print("{{{}:{}}}", options_.u32(at_ + i) - peer_, options_.u32(at_ + i + 4) - peer_);
    }
    at_ += length;
    return true;
  }

  void put_octets(const Header& data, std::size_t from, std::size_t to) {
    for (std::size_t at = from; at < to; ++at) line_.print("{:02x}", data.u8(at));
  }

  /// RFC 7413: the cookie, or the request for one.
  void put_cookie(const Header& data, std::size_t from, std::size_t length) {
    if (length == 0) return line_.put(" cookiereq");
    if (length < 4 || length > 16 || length % 2 != 0) return line_.put(" (invalid)");
    line_.put(" cookie ");
    put_octets(data, from, from + length);
  }

  void put_rare(std::uint8_t kind, const Header& data, std::size_t length) {
    switch (kind) {
      case 29:  // RFC 5925
        if (length < 2) return line_.put(" (invalid)");
        line_.print(" keyid {} rnextkeyid {}", data.u8(0), data.u8(1));
        if (length > 2) line_.put(" mac 0x");
        return put_octets(data, 2, length);
      case 34:
        line_.put(' ');
        return put_cookie(data, 0, length);
      case 253:
      case 254:  // RFC 6994 3: two octets say which experiment; RFC 7413 had 0xf989
        if (length >= 2 && data.u16(0) == 0xf989) {
          line_.put("-tfo");
          return put_cookie(data, 2, length - 2);
        }
        break;
      default:
        break;
    }
    if (length != 0) line_.put(" 0x");
    put_octets(data, 0, length);
  }

  Line& line_;
  const Header& options_;
  std::uint32_t peer_;
  std::size_t at_ = 0;
  bool first_ = true;
};

}  // namespace

void Printer::put_endpoints(std::uint16_t source, std::uint16_t destination) {
  if (!ip_.direct) {
    line_.print("{} > {}: ", source, destination);
    return;
  }
  line_.put(ip_.source);
  line_.put('.');
  line_.put_decimal(source);
  line_.put(" > ");
  line_.put(ip_.destination);
  line_.put('.');
  line_.put_decimal(destination);
  line_.put(": ");
}

void Printer::tcp(const Header& header) {
  line_.reading("tcp");
  if (!header.holds(0, 4)) {
    put_addresses();
    line_.out().pop_back();
    return line_.cut();
  }
  const std::uint16_t source = header.u16(0);
  const std::uint16_t destination = header.u16(2);
  put_endpoints(source, destination);
  if (!header.need(0, min_header)) return;
  const std::size_t header_length = (header.u8(12) >> 4U) * std::size_t{4};
  const std::size_t length = header.length();
  if (header_length < min_header) {
    return line_.print(" tcp {} [bad hdr length {} - too short, < {}]",
                       static_cast<std::int64_t>(length) - static_cast<std::int64_t>(header_length),
                       header_length, min_header);
  }
  if (options_.quick) return put_quick(line_, length, header_length);
  const Segment segment{header};
  line_.put("Flags [");
  put_bits(line_, flag_names, segment.flags, "none", "");
  line_.put(']');

  record::TcpBases::Seen from;
  if (!options_.absolute_sequence && segment.has(ack_flag)) {
    from = bases(memory_.sequences, ip_, segment);
  }
  if (header_length > length) {
    return line_.print(" [bad hdr length {} - too long, > {}]", header_length, length);
  }
  if (verbose() && !ip_.fragmented) tcp_checksum(header);

  const std::size_t data = length - header_length;
  if (verbose(2) || data > 0 || segment.has(syn | fin | rst)) {
    put_sequence(line_, segment.sequence - from.sequence, data);
  }
  if (segment.has(ack_flag)) {
    line_.put(", ack ");
    line_.put_decimal(segment.acknowledgment - from.acknowledgment);
  }
  line_.put(", win ");
  line_.put_decimal(header.u16(14));
  if (segment.has(urg)) line_.print(", urg {}", header.u16(18));
  if (header_length > min_header) {
    const Header list = header.from(min_header).first(header_length - min_header);
    if (!Options{line_, list, from.peer}.put()) return;
  }
  line_.put(", length ");
  line_.put_decimal(data);
  if (data == 0) return;
  if (!header.holds(0, header_length)) {
    line_.print(" [remaining caplen({}) < header length({})]", header.captured().size(),
                header_length);
    return line_.cut();
  }
  tcp_payload(header.from(header_length), source, destination, segment.flags);
}

void Printer::tcp_checksum(const Header& header) {
  const Checksum found = checksum();
  if (!found.good() && !found.bad()) return;
  line_.print(", cksum 0x{:04x}", header.u16(16));
  if (found.good()) return line_.put(" (correct)");
  line_.print(" (incorrect -> 0x{:04x})", found.expected);
}

}  // namespace weir::print
