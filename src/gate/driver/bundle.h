// Drivers as bytes: a manifest that can be read as text, then the programs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "gate/driver/programs.h"
#include "weir/bytes.h"
#include "weir/gate/driver.h"

namespace weir::gate {

/// Of those that are read.
inline constexpr std::size_t most_bundle_bytes = std::size_t{1} << 20;

struct Bundle {
  DriverVersion version{};
  std::uint32_t interface = 0;
  DriverPrograms programs{};
};

/// For example, up to the empty line:
///
///     weir driver bundle 1
///     version 0.1.0.0
///     interface 1
///     ingress 64 programs
///     egress 64 programs
///     adopting 232 owner bpf_task_acquire bpf_task_release
///     types 154
///     checksum 0b1f6dd2
///
/// The sections follow in this order and without gaps: bytes, and what the references of the
/// program's instructions count. Those are struct bpf_insn, as the machine has them. The checksum
/// is zlib's crc32() of all but its line. There is one way to write a bundle: any other bytes are
/// none.
[[nodiscard]] std::string octets_of(const Bundle& bundle);
/// Throws FormatError, which begins with `path`.
[[nodiscard]] Bundle parse_bundle(Bytes bytes, const std::string& path);

}  // namespace weir::gate
