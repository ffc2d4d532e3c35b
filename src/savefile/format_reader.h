// What a savefile format is to the reader: a walk over the records in a window.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "savefile/byte_input.h"
#include "savefile/pcapng/packet_block.h"
#include "weir/error.h"
#include "weir/savefile/reader.h"

namespace weir::savefile {

/// Where and why a file contradicts its format.
struct Fault {
  ErrorCode code = ErrorCode::damaged;
  std::uint64_t offset = 0;
  std::string cause;
  bool is_limit = false;  // of the reader's: no fault of the file
};

enum class Walk : std::uint8_t {
  packets,      ///< the block is not empty
  needs_bytes,  ///< the window ends inside a record, or is empty
  fault,        ///< the window starts with something that is no record
};

/// One savefile format. Consumes whole records only, so that a walk can be repeated after a fill.
class FormatReader {
 public:
  FormatReader() = default;
  FormatReader(const FormatReader&) = delete;
  FormatReader& operator=(const FormatReader&) = delete;
  virtual ~FormatReader();

  /// Appends to the empty `block` until it is full, another section begins, the window has no whole
  /// record left or a fault is met. A fault behind what was appended is reported by the next walk.
  virtual Walk walk(ByteInput& input, PacketBlock& block, Fault& fault) = 0;

  /// The stream has ended and the window is not empty, or more was to be skipped: what was cut.
  [[nodiscard]] virtual Fault cut(const ByteInput& input) const = 0;
  /// Whether the stream may end where the window ends now, if that is empty.
  [[nodiscard]] virtual bool between_records() const noexcept { return true; }

  /// Bytes to pass over at a fault before looking for the next record.
  [[nodiscard]] virtual std::size_t fault_step(const ByteInput& input) = 0;
  /// Consumes up to the next plausible record; false if that takes more bytes than the window has.
  /// With `at_end` no more will come: consumes all if nothing is plausible, and returns true.
  virtual bool resynchronise(ByteInput& input, bool at_end) = 0;

  [[nodiscard]] virtual std::span<const Interface> interfaces() const noexcept = 0;
  [[nodiscard]] virtual std::span<const std::shared_ptr<const Section>> sections() const noexcept {
    return {};
  }
  [[nodiscard]] virtual std::span<const InterfaceStatistics> statistics() const noexcept {
    return {};
  }
  [[nodiscard]] virtual Format format() const noexcept = 0;
  [[nodiscard]] virtual ByteOrder byte_order() const noexcept = 0;
};

/// Reads an integer stored in the byte order of the file.
template <bool big_endian, std::unsigned_integral T>
[[nodiscard]] inline T load_as(const std::uint8_t* from) noexcept {
  if constexpr (big_endian) {
    return load_be<T>(from);
  } else {
    return load_le<T>(from);
  }
}
template <std::unsigned_integral T>
[[nodiscard]] inline T load_as(ByteOrder order, const std::uint8_t* from) noexcept {
  return order == ByteOrder::big ? load_be<T>(from) : load_le<T>(from);
}

}  // namespace weir::savefile
