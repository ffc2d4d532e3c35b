// The ports by which decode() tells what TCP and UDP carry.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "walk.h"

namespace weir::wire {

struct Port {
  std::uint16_t number;
  Step step;
};

/// Ports of what decode() reads on UDP: IANA's, and the one Linux gave VXLAN before there was one.
inline constexpr Port udp_ports[] = {
    {53, Step::dns},      {1701, Step::l2tp},   {2123, Step::gtp},   {2152, Step::gtp},
    {3386, Step::gtp},    {3544, Step::teredo}, {4789, Step::vxlan}, {4790, Step::vxlan_gpe},
    {6081, Step::geneve}, {6635, Step::mpls},   {8472, Step::vxlan},
};

inline constexpr Port tcp_ports[] = {
    {53, Step::dns_over_tcp}, {443, Step::tls}, {465, Step::tls}, {636, Step::tls},
    {853, Step::tls},         {993, Step::tls}, {995, Step::tls}, {8443, Step::tls},
};

/// Ports by their low byte: at most one port a slot, so a look-up is one load and one compare.
class PortTable {
 public:
  constexpr PortTable() noexcept = default;
  template <std::size_t N>
  constexpr explicit PortTable(const Port (&ports)[N]) noexcept {
    for (const Port& port : ports) insert(port);
  }
  constexpr void insert(const Port& port) noexcept { slots_[slot(port.number)] = port; }
  [[nodiscard]] constexpr bool holds(std::uint16_t number) const noexcept {
    return slots_[slot(number)].number == number;
  }
  /// The same for the two bytes of a port field.
  [[nodiscard]] bool holds_at(const std::uint8_t* field) const noexcept {
    return slots_[field[1]].number == load_be<std::uint16_t>(field);
  }
  [[nodiscard]] Step find(std::uint16_t number) const noexcept {
    return holds(number) ? slots_[slot(number)].step : Step::stop;
  }
  template <std::size_t N>
  [[nodiscard]] constexpr bool holds_all(const Port (&ports)[N]) const noexcept {
    return std::ranges::all_of(ports, [this](const Port& port) { return holds(port.number); });
  }

 private:
  static constexpr std::size_t slot(std::uint16_t number) noexcept { return number % 256; }
  std::array<Port, 256> slots_{};
};

/// The tables of UDP and TCP.
enum PortSpace : std::uint8_t { udp_space, tcp_space };
inline constexpr PortTable port_tables[] = {PortTable{udp_ports}, PortTable{tcp_ports}};
static_assert(port_tables[udp_space].holds_all(udp_ports) &&
                  port_tables[tcp_space].holds_all(tcp_ports),
              "two ports share a slot");

/// What the payload behind these ports is; stop for nothing that is read here. The destination
/// decides where both are known.
[[nodiscard]] inline Step application(PortSpace space, std::uint16_t source,
                                      std::uint16_t destination) noexcept {
  const Step step = port_tables[space].find(destination);
  return step != Step::stop ? step : port_tables[space].find(source);
}

}  // namespace weir::wire
