// Frames that wait to be sent, one behind the other in one buffer that grows to a cap.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "weir/bytes.h"

namespace weir::inject {

/// One thread at a time.
class SendQueue {
 public:
  /// Bytes it has room for at first, and at most. A frame counts with what is kept beside it.
  SendQueue(std::size_t first, std::size_t largest);

  /// Room for a frame behind the others, which append() makes one of them; null where there is
  /// none. Valid until the next call of anything.
  [[nodiscard]] std::uint8_t* room_for(std::size_t length) noexcept;
  void append(std::size_t length) noexcept;
  /// A copy; false where there is no room.
  bool append(Bytes frame) noexcept;

  [[nodiscard]] std::size_t size() const noexcept { return ends_.size() - first_; }
  /// Of those that are left; valid until the next call of anything but this.
  [[nodiscard]] Bytes frame(std::size_t index) const noexcept;
  /// Takes so many from the front.
  void drop_front(std::size_t frames) noexcept;

 private:
  [[nodiscard]] std::size_t used() const noexcept { return ends_.empty() ? 0 : ends_.back(); }
  [[nodiscard]] bool make_room(std::size_t bytes, std::size_t frames) noexcept;
  /// Moves what is left to where the memory starts, if the frames that are gone took enough of it.
  void move_to_start() noexcept;

  std::size_t largest_;
  std::vector<std::uint8_t> bytes_;
  /// Where each frame ends in bytes_.
  std::vector<std::size_t> ends_;
  /// How many frames are gone already.
  std::size_t first_ = 0;
};

}  // namespace weir::inject
