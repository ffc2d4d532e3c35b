// Whether somebody else changes a file while it is written: its size, or what its name stands for.
#pragma once

#include <cstdint>
#include <string>

#include "sys/file_descriptor.h"

namespace weir::sys {

/// What somebody else has done to a file.
enum class Change : std::uint8_t {
  none,
  cut,       ///< it is shorter than what was written
  grown,     ///< it is longer
  removed,   ///< it has no name any more
  replaced,  ///< its name is gone, or another file's
};

/// Watches a regular file; of anything else there is never a change.
class WatchedFile {
 public:
  WatchedFile() noexcept = default;
  /// `file` was opened by `path`. Where that stands for a descriptor (/dev/stdout), or is empty, a
  /// cut alone is a change: others may write there, and it may have any name.
  WatchedFile(const FileDescriptor& file, const std::string& path);

  /// `size`: bytes that it should have.
  [[nodiscard]] Change look_at_size(const FileDescriptor& file, std::uint64_t size) const noexcept;
  /// What cannot be looked at for lack of rights has not changed.
  [[nodiscard]] Change look_at_name(const FileDescriptor& file) const noexcept;

  /// The same file, at its start, for reading; not open where that may not be. `file` may stand
  /// elsewhere then, which does not matter where it appends.
  [[nodiscard]] const FileDescriptor& content() const noexcept;

 private:
  bool is_regular_ = false;
  FileDescriptor directory_;  // open: the file's name is watched, and all changes of its size
  FileDescriptor content_;
  std::string name_;  // in the directory
};

/// Bytes of an open file; 0 where that cannot be told.
[[nodiscard]] std::uint64_t size_of(const FileDescriptor& file) noexcept;

}  // namespace weir::sys
