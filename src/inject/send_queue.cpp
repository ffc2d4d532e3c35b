// SendQueue: memory is kept, and used from its start again whenever nothing waits.
#include "inject/send_queue.h"

#include <algorithm>
#include <cstring>
#include <new>

namespace weir::inject {
namespace {

// What the shortest frames of Ethernet take.
constexpr std::size_t usual_frame = 64;

}  // namespace

SendQueue::SendQueue(std::size_t first, std::size_t largest) : largest_{std::max(first, largest)} {
  bytes_.resize(first);
  ends_.reserve(first / usual_frame);
}

std::uint8_t* SendQueue::room_for(std::size_t length) noexcept {
  const auto fits = [&](std::size_t room) {
    return used() + length + (ends_.size() + 1) * sizeof(ends_[0]) <= room;
  };
  if (first_ != 0 && !fits(std::min(bytes_.size(), largest_))) move_to_start();
  if (!fits(largest_) || !make_room(used() + length, ends_.size() + 1)) return nullptr;
  return bytes_.data() + used();
}

void SendQueue::move_to_start() noexcept {
  const std::size_t gone = ends_[first_ - 1];
  // So no more than this many bytes are moved for each that has gone.
  constexpr std::size_t most_moved = 8;
  if (gone < used() / most_moved) return;
  std::memmove(bytes_.data(), bytes_.data() + gone, used() - gone);
  ends_.erase(ends_.begin(), ends_.begin() + static_cast<std::ptrdiff_t>(first_));
  for (std::size_t& end : ends_) end -= gone;
  first_ = 0;
}

bool SendQueue::make_room(std::size_t bytes, std::size_t frames) noexcept {
  try {
    if (bytes > bytes_.size()) {
      bytes_.resize(std::min(std::max(bytes, 2 * bytes_.size()), largest_));
    }
    if (frames > ends_.capacity()) ends_.reserve(std::max(frames, 2 * ends_.capacity()));
  } catch (const std::bad_alloc&) {
    return false;
  }
  return true;
}

void SendQueue::append(std::size_t length) noexcept { ends_.push_back(used() + length); }

bool SendQueue::append(Bytes frame) noexcept {
  std::uint8_t* const room = room_for(frame.size());
  if (room == nullptr) return false;
  std::memcpy(room, frame.data(), frame.size());
  append(frame.size());
  return true;
}

Bytes SendQueue::frame(std::size_t index) const noexcept {
  const std::size_t at = first_ + index;
  const std::size_t start = at == 0 ? 0 : ends_[at - 1];
  return Bytes{bytes_}.subspan(start, ends_[at] - start);
}

void SendQueue::drop_front(std::size_t frames) noexcept {
  first_ += frames;
  if (first_ < ends_.size()) return;
  first_ = 0;
  ends_.clear();
}

}  // namespace weir::inject
