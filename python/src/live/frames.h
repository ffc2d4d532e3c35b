// Frames that Python hands over to be sent: bytes, packets, or several of them.
#pragma once

#include <pybind11/pybind11.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "weir/packet.h"

namespace weir::python {

/// Copies of them, which need no GIL: of all, or of a portion at a time.
class Frames {
 public:
  /// Takes one frame, bytes or a weir.Packet, or those of an iterable, at most so many. What is
  /// bytes has this link type. Throws TypeError, and what the iterable throws.
  Frames(pybind11::handle given, LinkType link_type, std::size_t portion = SIZE_MAX);

  /// Takes the next portion in place of the last; false if there was none. Throws as above.
  bool next();
  /// Those taken last.
  [[nodiscard]] std::span<const Packet> packets() const noexcept { return packets_; }

 private:
  void add(pybind11::handle frame);
  /// From the first on their bytes lie one behind the other.
  void place();

  LinkType link_type_;
  std::size_t portion_;
  /// What the rest comes from; null where there is none.
  pybind11::object iterator_;
  std::vector<std::uint8_t> bytes_;
  std::vector<Packet> packets_;
};

}  // namespace weir::python
