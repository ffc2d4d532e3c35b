// What kind of file starts with these bytes.
#pragma once

#include <string>

#include "weir/bytes.h"

namespace weir::savefile {

enum class Magic : std::uint8_t {
  pcap,
  pcapng,
  gzip,
  foreign,  ///< known, but not read
  cut,      ///< the bytes end inside what could be a magic of the first three
  unknown,
};

/// Looks at the first bytes of a file (eight or more decide; fewer only if it has no more).
[[nodiscard]] Magic recognise(Bytes start) noexcept;

/// For Magic::foreign: what it is, in words.
[[nodiscard]] std::string foreign_name(Bytes start);

}  // namespace weir::savefile
