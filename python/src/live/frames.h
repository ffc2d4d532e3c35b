// Frames that Python hands over to be sent: bytes, packets, or several of them.
#pragma once

#include <pybind11/pybind11.h>

#include <cstdint>
#include <span>
#include <vector>

#include "weir/packet.h"

namespace weir::python {

/// Copies of them, which need no GIL.
class Frames {
 public:
  /// Of one frame, bytes or a weir.Packet, or of an iterable of frames. What is bytes has this link
  /// type. Throws TypeError.
  Frames(pybind11::handle given, LinkType link_type);

  /// Valid as long as this is.
  [[nodiscard]] std::span<const Packet> packets() const noexcept { return packets_; }

 private:
  void add(pybind11::handle frame, LinkType link_type);

  std::vector<std::uint8_t> bytes_;
  std::vector<Packet> packets_;
};

}  // namespace weir::python
