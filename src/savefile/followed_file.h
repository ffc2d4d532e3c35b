// A regular file that is read while others write to it: its end is where reading waits.
#pragma once

#include <string>

#include "savefile/byte_source.h"
#include "sys/file_growth.h"

namespace weir::savefile {

/// The bytes of a growing file; never `end`. A set `wake_up` (must outlive this) ends the wait for
/// more.
class FollowedFile final : public ByteSource {
 public:
  FollowedFile(sys::FileDescriptor descriptor, std::string name, const sys::WakeUp& wake_up)
      : descriptor_{std::move(descriptor)}, name_{std::move(name)}, wake_up_{wake_up} {}

  /// Throws FormatError (damaged) when the file has become shorter than what was read of it; its
  /// offset is what is left of the file.
  ReadResult read(MutableBytes to, const WaitLimit& limit) override;

 private:
  void check_is_not_cut() const;

  sys::FileDescriptor descriptor_;
  std::string name_;
  const sys::WakeUp& wake_up_;
  sys::FileGrowth growth_{descriptor_};
};

}  // namespace weir::savefile
