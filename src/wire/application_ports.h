// The ports by which decode() tells what TCP and UDP carry.
#pragma once

#include <array>
#include <cstdint>

#include "walk.h"

namespace weir::wire {

struct Port {
  std::uint16_t number;
  Step step;
};

/// IANA service ports of what decode() reads on UDP.
inline constexpr Port udp_ports[] = {
    {53, Step::dns},      {1701, Step::l2tp},   {2123, Step::gtp},   {2152, Step::gtp},
    {3386, Step::gtp},    {3544, Step::teredo}, {4789, Step::vxlan}, {4790, Step::vxlan_gpe},
    {6081, Step::geneve}, {6635, Step::mpls},
};

inline constexpr Port tcp_ports[] = {
    {53, Step::dns_over_tcp}, {443, Step::tls}, {465, Step::tls}, {636, Step::tls},
    {853, Step::tls},         {993, Step::tls}, {995, Step::tls}, {8443, Step::tls},
};

/// Ports by their low byte: at most one port a slot, so a look-up is one load and one compare.
class PortTable {
 public:
  template <std::size_t N>
  constexpr explicit PortTable(const Port (&ports)[N]) noexcept {
    for (const Port& port : ports) slots_[slot(port.number)] = port;
  }
  [[nodiscard]] Step find(std::uint16_t number) const noexcept {
    const Port& port = slots_[slot(number)];
    return port.number == number ? port.step : Step::stop;
  }
  template <std::size_t N>
  [[nodiscard]] constexpr bool holds_all(const Port (&ports)[N]) const noexcept {
    for (const Port& port : ports) {
      if (slots_[slot(port.number)].number != port.number) return false;
    }
    return true;
  }

 private:
  static constexpr std::size_t slot(std::uint16_t number) noexcept { return number % 256; }
  std::array<Port, 256> slots_{};
};

inline constexpr PortTable udp_table{udp_ports};
inline constexpr PortTable tcp_table{tcp_ports};
static_assert(udp_table.holds_all(udp_ports) && tcp_table.holds_all(tcp_ports),
              "two ports share a slot");

[[nodiscard]] inline Step either(const PortTable& table, std::uint16_t source,
                                 std::uint16_t destination) noexcept {
  const Step step = table.find(destination);
  return step != Step::stop ? step : table.find(source);
}

/// What the payload of a UDP datagram is, by its ports; stop for nothing that is read here.
[[nodiscard]] inline Step udp_application(std::uint16_t source,
                                          std::uint16_t destination) noexcept {
  return either(udp_table, source, destination);
}

/// The same for a TCP segment.
[[nodiscard]] inline Step tcp_application(std::uint16_t source,
                                          std::uint16_t destination) noexcept {
  return either(tcp_table, source, destination);
}

}  // namespace weir::wire
