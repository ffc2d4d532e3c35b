// Brings what pcapng blocks hold into little-endian: option lists and the blocks copied as they
// are.
#pragma once

#include <vector>

#include "weir/savefile/format.h"
#include "weir/source.h"

namespace weir::savefile {

/// Which block an option list belongs to: the same codes mean different things.
enum class OptionsOf : std::uint8_t {
  section,
  interface,
  interface_statistics,
  packet,  ///< enhanced, and the obsolete packet block
  name_resolution,
  decryption_secrets,
};

/// Appends a list with its integers little-endian, up to and including its opt_endofopt. What
/// stands behind that, or behind an option whose length leads out of the list, is left out; the
/// values of unknown and custom options stay as they are.
void append_little_endian(std::vector<std::uint8_t>& out, Bytes options, ByteOrder order,
                          OptionsOf kind);

/// The same for the body of a block Reader::blocks() hands out.
void append_little_endian_body(std::vector<std::uint8_t>& out, const Block& block);

}  // namespace weir::savefile
