// Reads on as a file grows.
#include "savefile/followed_file.h"

#include "weir/error.h"

namespace weir::savefile {

ReadResult FollowedFile::read(MutableBytes to, const WaitLimit& limit) {
  for (;;) {
    const std::size_t size = sys::read_some(descriptor_, to, name_);
    if (size != 0) return {size, ReadState::bytes};
    check_is_not_cut();
    switch (growth_.wait(wake_up_, milliseconds_left(limit))) {
      case sys::Growth::possible:
        break;
      case sys::Growth::woken:
        return {0, ReadState::stopped};
      case sys::Growth::interrupted:
        if (!limit) return {0, ReadState::timeout};
        break;
      case sys::Growth::timeout:
        return {0, ReadState::timeout};
    }
  }
}

void FollowedFile::check_is_not_cut() const {
  const auto size = growth_.cut_to();
  if (!size) return;
  throw FormatError{ErrorCode::damaged, *size,
                    name_ + ", offset " + std::to_string(*size) + ": the file was cut to " +
                        std::to_string(*size) + " bytes while it was followed"};
}

}  // namespace weir::savefile
