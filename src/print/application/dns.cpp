// DNS messages (RFC 1035): header, questions, and how many records of each kind.
#include "print/application/dns.h"

#include "print/printer.h"

namespace weir::print {
namespace {

constexpr std::size_t header_size = 12;
/// Compressed names can make a message a thousand times longer as text: the line ends behind the
/// first record that goes beyond. What is not compressed stays below, but for escapes.
constexpr std::size_t max_text = std::size_t{1} << 16;

constexpr std::string_view operations[] = {
    // NOLINT(modernize-avoid-c-arrays)
    "",     " inv_q",   " stat",    " op3",      " notify",  " update",   " op6",      " op7",
    " op8", " updateA", " updateD", " updateDA", " updateM", " updateMA", " zoneInit", " zoneRef",
};

constexpr std::string_view responses[] = {
    // NOLINT(modernize-avoid-c-arrays)
    "",          " FormErr", " ServFail", " NXDomain", " NotImp",  " Refused",
    " YXDomain", " YXRRSet", " NXRRSet",  " NotAuth",  " NotZone", " Resp11",
    " Resp12",   " Resp13",  " Resp14",   " NoChange",
};

struct Counts {
  unsigned questions;
  unsigned answers;
  unsigned authorities;
  unsigned additional;
};

/// Puts the records of a section with commas between; false if not all of them were captured.
bool put_section(Line& line, const DnsMessage& message, std::optional<std::size_t>& at,
                 unsigned count, std::string_view name) {
  const std::size_t end = message.bytes.captured().size();
  if (count == 0) return true;
  if (*at >= end && !name.empty()) return false;
  line.put(name);
  for (;;) {
    at = put_record(line, message, *at);
    if (!at || line.is_cut() || message.is_too_long(line)) return false;
    if (--count == 0) return true;
    if (*at >= end) return false;
    line.put(',');
  }
}

/// False if the message ends early.
bool put_response(Line& line, const DnsMessage& message, std::uint16_t flags,
                  const Counts& counts) {
  line.print("{}{}{}{}{}{}{}", message.bytes.u16(0), operations[flags >> 11 & 15],
             responses[flags & 15], (flags & 0x400) != 0 ? "*" : "", (flags & 0x80) != 0 ? "" : "-",
             (flags & 0x200) != 0 ? "|" : "", (flags & 0x20) != 0 ? "$" : "");
  if (counts.questions != 1) line.print(" [{}q]", counts.questions);
  std::optional<std::size_t> at = header_size;
  for (unsigned i = 0; i < counts.questions; ++i) {
    if (i != 0) line.put(',');
    if (message.verbosity > 1) {
      line.put(" q:");
      at = put_question(line, message, *at);
    } else {
      at = skip_name(message, *at);
      if (at) *at += 4;
    }
    if (!at || line.is_cut() || message.is_too_long(line)) return false;
  }
  line.print(" {}/{}/{}", counts.answers, counts.authorities, counts.additional);
  if (!put_section(line, message, at, counts.answers, "")) return false;
  if (message.verbosity < 2) return true;
  return put_section(line, message, at, counts.authorities, " ns:") &&
         put_section(line, message, at, counts.additional, " ar:");
}

bool put_request(Line& line, const DnsMessage& message, std::uint16_t flags, const Counts& counts) {
  line.print("{}{}{}{}", message.bytes.u16(0), operations[flags >> 11 & 15],
             (flags & 0x100) != 0 ? "+" : "", (flags & 0x10) != 0 ? "%" : "");
  if ((flags & 0x6cf) != 0) line.print(" [b2&3=0x{:x}]", flags);
  const bool inverse = (flags >> 11 & 15) == 1;
  if (inverse) {
    if (counts.questions != 0) line.print(" [{}q]", counts.questions);
    if (counts.answers != 1) line.print(" [{}a]", counts.answers);
  } else {
    if (counts.answers != 0) line.print(" [{}a]", counts.answers);
    if (counts.questions != 1) line.print(" [{}q]", counts.questions);
  }
  if (counts.authorities != 0) line.print(" [{}n]", counts.authorities);
  if (counts.additional != 0) line.print(" [{}au]", counts.additional);
  std::optional<std::size_t> at = header_size;
  for (unsigned i = 0; i < counts.questions; ++i) {
    at = put_question(line, message, *at);
    if (!at || line.is_cut() || message.is_too_long(line)) return false;
  }
  if (message.verbosity < 2) return true;
  return put_section(line, message, at, counts.answers, " an:") &&
         put_section(line, message, at, counts.authorities, " ns:") &&
         put_section(line, message, at, counts.additional, " ar:");
}

}  // namespace

void Printer::dns(const Header& header, bool over_tcp, bool multicast) {
  line_.reading("domain");
  Header bytes = header;
  if (over_tcp) {
    // RFC 1035 4.2.2: two bytes of length first. Nothing is put together from several segments.
    if (header.length() < 2) {
      return line_.print(" [DNS over TCP: length {} < 2] (invalid)", header.length());
    }
    if (!header.need(0, 2)) return;
    line_.put(' ');
    const std::size_t length = header.u16(0);
    if (length != header.length() - 2) {
      return line_.print("[prefix length({}) != length({})] (invalid)", length,
                         header.length() - 2);
    }
    bytes = header.from(2);
  }
  if (bytes.length() < header_size) {
    return line_.print("domain [length {} < {}] (invalid)", bytes.length(), header_size);
  }
  if (!bytes.need(0, header_size)) return;
  const DnsMessage message{bytes, options_.verbosity, multicast, line_.out().size() + max_text};
  const std::uint16_t flags = bytes.u16(2);
  const Counts counts{bytes.u16(4), bytes.u16(6), bytes.u16(8), bytes.u16(10)};
  const bool whole = (flags & 0x8000) != 0 ? put_response(line_, message, flags, counts)
                                           : put_request(line_, message, flags, counts);
  if (!whole) {
    line_.reading("domain");
    return line_.cut();
  }
  line_.print(" ({})", bytes.length());
}

}  // namespace weir::print
