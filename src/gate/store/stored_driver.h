// Drivers in the state folder.
#pragma once

#include <optional>
#include <string>

#include "gate/store/state_folder.h"
#include "weir/gate/driver.h"

namespace weir::gate {

/// Nothing if it is not there. Throws SystemError, and FormatError for what is damaged or another
/// version.
[[nodiscard]] std::optional<Driver> read_driver(const StateFolder& state,
                                                const DriverVersion& version);
/// Whether read_driver() would return it.
[[nodiscard]] bool has_driver(const StateFolder& state, const DriverVersion& version);

}  // namespace weir::gate
