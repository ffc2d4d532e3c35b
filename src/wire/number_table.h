// Finds the format that a number names: one load and one compare.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "steps.h"
#include "weir/bytes.h"

namespace weir::wire {

/// Numbers hashed by a multiplication: at most one a slot.
template <std::uint16_t multiplier>
class NumberTable {
 public:
  constexpr NumberTable() noexcept = default;
  template <std::size_t N>
  constexpr explicit NumberTable(const Number (&numbers)[N]) noexcept {
    for (const Number& number : numbers) insert(number);
  }
  constexpr void insert(const Number& number) noexcept { slots_[slot(number.number)] = number; }
  [[nodiscard]] constexpr bool holds(std::uint16_t number) const noexcept {
    return slots_[slot(number)].number == number;
  }
  /// The same for the two bytes of a field, where the slot is a number's low byte.
  [[nodiscard]] bool holds_at(const std::uint8_t* field) const noexcept
    requires(multiplier == 0x100)
  {
    return slots_[field[1]].number == load_be<std::uint16_t>(field);
  }
  /// stop for a number that is not there.
  [[nodiscard]] constexpr Step find(std::uint16_t number) const noexcept {
    return holds(number) ? slots_[slot(number)].step : Step::stop;
  }
  template <std::size_t N>
  [[nodiscard]] constexpr bool holds_all(const Number (&numbers)[N]) const noexcept {
    for (const Number& number : numbers) {
      if (!holds(number.number)) return false;
    }
    return true;
  }

 private:
  static constexpr std::size_t slot(std::uint16_t number) noexcept {
    return static_cast<std::uint16_t>(std::uint32_t{number} * multiplier) >> 8;
  }
  std::array<Number, 256> slots_{};
};

/// The first multiplier that gives every number a slot of its own.
template <const auto& numbers, std::uint16_t candidate = 1>
consteval auto table_of() noexcept {
  constexpr NumberTable<candidate> table{numbers};
  if constexpr (table.holds_all(numbers)) {
    return table;
  } else {
    return table_of<numbers, candidate + 1>();
  }
}

using PortTable = NumberTable<0x100>;

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
