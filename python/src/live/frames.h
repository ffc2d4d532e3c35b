// Frames that Python hands over to be sent: bytes, packets, or several of them.
#pragma once

#include <pybind11/pybind11.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "weir/packet.h"

namespace weir::python {

/// Copies of them, a portion at a time, which need no GIL.
class Frames {
 public:
  static constexpr std::size_t portion = 1024;

  /// Of one frame, bytes or a weir.Packet, or of an iterable of frames. What is bytes has this link
  /// type. Throws TypeError.
  Frames(pybind11::handle given, LinkType link_type);

  /// Takes so many, or what is left; false if that was the end. Throws TypeError, and what
  /// the iterable throws.
  bool take(std::size_t frames);
  /// Those taken last; valid until the next are.
  [[nodiscard]] std::span<const Packet> packets() const noexcept { return packets_; }

 private:
  void add(pybind11::handle frame);

  LinkType link_type_;
  /// One frame, or what the rest comes from.
  pybind11::object single_;
  pybind11::object iterator_;
  std::vector<std::uint8_t> bytes_;
  std::vector<Packet> packets_;
};

}  // namespace weir::python
