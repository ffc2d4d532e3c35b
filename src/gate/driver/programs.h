// What a driver consists of, and the library's own.
#pragma once

#include <cstdint>

#include "gate/kernel/owner_watch.h"
#include "gate/kernel/relocatable_program.h"
#include "weir/gate/driver.h"

namespace weir::gate {

/// Of what the programs of a driver and the library's share: a dispatcher puts the direction (1:
/// out) into the first control word of a packet and goes on to slot 0 of Maps::programs; OwnerWatch
/// reads what the adopting program has put into its map, by the types of that. Another number for
/// anything else.
inline constexpr std::uint32_t driver_interface = 1;

struct DriverPrograms {
  RelocatableProgram ingress{};
  RelocatableProgram egress{};
  Adoption adoption{};
};
[[nodiscard]] DriverPrograms built_in_programs();

struct Driver::Programs : DriverPrograms {};

/// Of the library.
[[nodiscard]] DriverVersion library_version() noexcept;

}  // namespace weir::gate
