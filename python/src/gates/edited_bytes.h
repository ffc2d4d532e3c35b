// The bytes of a held packet while Python changes them.
#pragma once

#include <cstddef>
#include <optional>

#include "object.h"
#include "weir/bytes.h"

namespace weir::python {

/// In a bytearray, which parts of views that somebody keeps keep: nothing dangles, and what is
/// written there after the verdict reaches nobody. Needs the GIL.
class EditedBytes {
 public:
  [[nodiscard]] bool is_there() const noexcept { return static_cast<bool>(memory_); }
  /// A copy with so much room behind it. False with an exception set.
  [[nodiscard]] bool begin(Bytes from, std::size_t room) noexcept;
  [[nodiscard]] std::size_t most() const noexcept;
  /// Precondition: at most most(). What is added are zeros.
  void resize(std::size_t length) noexcept;
  [[nodiscard]] Bytes bytes() const noexcept;
  /// A new writable memoryview, released by end(); null with an exception set.
  [[nodiscard]] PyObject* view() noexcept;
  /// Releases the views; those that others are made of stay. Keeps the exception that is set.
  void end() noexcept;

 private:
  Ref memory_;
  /// A list.
  Ref views_;
  std::size_t length_ = 0;
};

}  // namespace weir::python
