// What IGMPv3 (RFC 3376) and MLDv2 (RFC 3810) have in common: group records, sources, times.
#pragma once

#include "print/printer.h"
#include "weir/wire/igmp.h"

namespace weir::print {

/// Where the two differ.
struct Igmpv3 {
  using Address = Ipv4Address;
  static constexpr std::string_view version = "v3";
  static Address address(const Header& header, std::size_t at) { return header.v4(at); }
};
struct Mldv2 {
  using Address = Ipv6Address;
  static constexpr std::string_view version = "v2";
  static Address address(const Header& header, std::size_t at) { return header.v6(at); }
};

/// The sources from `at` on; with less than `-vv` how many there are.
template <class Protocol>
void put_sources(Line& line, const Header& header, std::size_t at, std::size_t count,
                 unsigned verbosity) {
  if (verbosity <= 1) return line.print(", {} source(s)", count);
  line.put(" {");
  for (std::size_t i = 0; i < count && !line.is_cut(); ++i) {
    const auto source = Protocol::address(header, at + Protocol::Address::size * i);
    line.put(' ');
    line.put(source);
  }
  line.put(" }");
}

/// A report, behind its name.
template <class Protocol>
void put_report(Line& line, const Header& header, unsigned verbosity) {
  static constexpr Name record_types[] = {
      // NOLINT(modernize-avoid-c-arrays)
      {1, "is_in"}, {2, "is_ex"}, {3, "to_in"}, {4, "to_ex"}, {5, "allow"}, {6, "block"},
  };
  constexpr std::size_t address_size = Protocol::Address::size;
  constexpr std::size_t record_size = 4 + address_size;  // without sources
  const std::size_t count = header.u16(6);
  line.print(", {} group record(s)", count);
  if (verbosity == 0) return;
  std::size_t at = 8;
  for (std::size_t i = 0; i < count && !line.is_cut(); ++i) {
    if (header.length() < at + record_size) return line.put(" [invalid number of groups]");
    const auto group = Protocol::address(header, at + 4);
    line.put(" [gaddr ");
    line.put(group);
    const unsigned type = header.u8(at);
    const std::string_view name = name_in(record_types, type);
    line.put(' ');
    if (name.empty()) {
      line.print("[{}-report-#{}]", Protocol::version, type);
    } else {
      line.put(name);
    }
    const std::size_t sources = header.u16(at + 2);
    if (header.length() < at + record_size + address_size * sources) {
      return line.print(" [invalid number of sources {}]", sources);
    }
    put_sources<Protocol>(line, header, at + record_size, sources, verbosity);
    line.put(']');
    at += record_size + sources * address_size + header.u8(at + 1) * std::size_t{4};
  }
}

}  // namespace weir::print
