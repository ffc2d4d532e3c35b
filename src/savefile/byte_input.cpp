// Blocks of read(2) into one reused buffer; a record cut by its end moves to the front.
#include "savefile/byte_input.h"

#include <algorithm>
#include <cerrno>

#include "weir/error.h"

namespace weir::savefile {
namespace {

// Small enough to be in the second-level cache when the record walk comes by.
constexpr std::size_t block_size = std::size_t{256} << 10;

}  // namespace

ByteInput::ByteInput(Bytes memory) noexcept
    : begin_{memory.data()}, end_{memory.data()}, unseen_{memory.size()} {}

ByteInput::ByteInput(std::unique_ptr<ByteSource> source)
    : source_{std::move(source)},
      buffer_{std::make_shared_for_overwrite<std::uint8_t[]>(block_size)},
      capacity_{block_size},
      begin_{buffer_.get()},
      end_{buffer_.get()} {}

ReadState ByteInput::fill(const WaitLimit& limit) {
  if (!source_) {
    const std::size_t size = std::min(unseen_, block_size);
    end_ += size;
    unseen_ -= size;
    return size == 0 ? ReadState::end : ReadState::bytes;
  }
  make_room();
  std::uint8_t* const to = buffer_.get() + (end_ - buffer_.get());
  const auto used = static_cast<std::size_t>(to - buffer_.get());
  const ReadResult result = source_->read({to, capacity_ - used}, limit);
  end_ += result.size;
  return result.state;
}

// The window moves only when it fills less than half the buffer (or the buffer is twice the largest
// record), otherwise the buffer doubles: each byte moves a bounded number of times however records
// lie. A buffer that is kept is filled to its end, and then left as it is.
void ByteInput::make_room() {
  const auto used = static_cast<std::size_t>(end_ - begin_);
  const bool is_full = end_ == buffer_.get() + capacity_;
  if (!is_full && (used != 0 || is_kept_)) return;
  const bool has_room = used < capacity_ / 2 || capacity_ >= 2 * max_record_size;
  if (has_room && !is_kept_) {
    std::memmove(buffer_.get(), begin_, used);
  } else {
    const std::size_t size = has_room ? capacity_ : 2 * capacity_;
    auto other = std::make_shared_for_overwrite<std::uint8_t[]>(size);
    std::memcpy(other.get(), begin_, used);
    buffer_ = std::move(other);
    capacity_ = size;
    is_kept_ = false;
  }
  begin_ = buffer_.get();
  end_ = begin_ + used;
}

void ByteInput::require(std::size_t size) {
  while (window().size() < size) {
    const ReadState state = fill(std::nullopt);
    if (state == ReadState::timeout) throw SystemError{EINTR, "wait for the file header"};
    if (state != ReadState::bytes) return;
  }
}

Bytes ByteInput::rest() const noexcept { return {begin_, window().size() + unseen_}; }

}  // namespace weir::savefile
