// Capabilities of this thread (capabilities(7)).
#pragma once

#include <cstdint>
#include <string>

#include "weir/api.h"

namespace weir::sandbox {

/// A set: bit n is capability number n.
using Capabilities = std::uint64_t;

[[nodiscard]] constexpr Capabilities only(unsigned capability) noexcept {
  return Capabilities{1} << capability;
}

[[nodiscard]] WEIR_API Capabilities effective_capabilities() noexcept;

/// Uses none but these from now on; the others can still be had back. Throws SystemError.
WEIR_API void use_only(Capabilities kept);

enum class BoundingSet : std::uint8_t { emptied, kept };

/// Gives up for good all but these, in every set. The bounding set, which is emptied, stays where
/// the process has no CAP_SETPCAP, as one that got its rights from its file. Throws SystemError.
WEIR_API BoundingSet keep_only(Capabilities kept);

/// "cap_net_raw,cap_bpf", as setcap(8) has it; "none" for an empty set.
[[nodiscard]] WEIR_API std::string names_of(Capabilities set);

}  // namespace weir::sandbox
