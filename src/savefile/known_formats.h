// What kind of file starts with these bytes.
#pragma once

#include <string>

#include "weir/bytes.h"
#include "weir/savefile/format.h"

namespace weir::savefile {

enum class Magic : std::uint8_t {
  pcap,
  pcapng,
  foreign,  ///< known, but not read
  cut,      ///< the bytes end inside what could be a magic of one that is read, packed or not
  unknown,
};

/// Whether a frame starts here that decoders of zstd and lz4 pass over: it does not tell which of
/// both the next one is.
[[nodiscard]] bool is_skippable_frame(Bytes start) noexcept;

/// What a file that starts so is packed in; none also where a skippable frame leaves it open.
[[nodiscard]] Compression compression_of(Bytes start) noexcept;

/// Whether a frame of this compression may start with these bytes, one or more. Fewer than its
/// magic number has are only compared as far as they go.
[[nodiscard]] bool may_start(Bytes start, Compression compression) noexcept;
/// As many bytes decide that.
inline constexpr std::size_t longest_frame_start = 6;

/// Looks at the first bytes of a file (eight or more decide; fewer only if it has no more).
[[nodiscard]] Magic recognise(Bytes start) noexcept;

/// For Magic::foreign: what it is, in words.
[[nodiscard]] std::string foreign_name(Bytes start);

}  // namespace weir::savefile
