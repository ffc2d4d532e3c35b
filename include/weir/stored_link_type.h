// Link types as savefiles store them: what a number stands for, and types that LinkType does not
// name.
#pragma once

#include <cstdint>

#include "weir/api.h"
#include "weir/link_type.h"

namespace weir {

/// The link type that a number in a savefile stands for: the number itself, but for those below 100
/// where old and embedded writers stored the DLT_ of their platform. 12 and 14 (OpenBSD's) are raw;
/// 11, 13 and 18 are ATM with LLC, OpenBSD's enc and ATM CLIP.
[[nodiscard]] WEIR_API LinkType link_type_of_stored(std::uint16_t number) noexcept;

/// Rarer link types, by their LINKTYPE numbers.
namespace link_types {
inline constexpr LinkType atm_rfc1483{100};
inline constexpr LinkType atm_clip{106};
inline constexpr LinkType enc{109};   ///< OpenBSD's encapsulated IP
inline constexpr LinkType hdlc{112};  ///< NetBSD's own number for LinkType::c_hdlc
inline constexpr LinkType ip_over_fc{122};
inline constexpr LinkType ip_over_1394{138};  ///< Apple's
inline constexpr LinkType mpls{219};
inline constexpr LinkType ipoib{242};
}  // namespace link_types

}  // namespace weir
