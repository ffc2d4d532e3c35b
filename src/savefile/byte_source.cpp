// Reading from descriptors, with deadlines where they can block.
#include "savefile/byte_source.h"

#include <algorithm>
#include <climits>

namespace weir::savefile {

int milliseconds_left(const WaitLimit& limit) noexcept {
  if (!limit) return -1;
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(*limit - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, INT_MAX));
}

ByteSource::~ByteSource() = default;

ReadResult FileSource::read(MutableBytes to, const WaitLimit& limit) {
  if (wake_up_ != nullptr) {
    for (;;) {
      const int left = milliseconds_left(limit);
      const sys::Readable ready = sys::wait_readable(descriptor_, *wake_up_, left);
      if (ready == sys::Readable::yes) break;
      if (ready == sys::Readable::woken) return {0, ReadState::stopped};
      if (!limit || milliseconds_left(limit) == 0) return {0, ReadState::timeout};
    }
  }
  const std::size_t size = sys::read_some(descriptor_, to, name_);
  return {size, size == 0 ? ReadState::end : ReadState::bytes};
}

}  // namespace weir::savefile
