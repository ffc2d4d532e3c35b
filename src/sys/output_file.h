// Files that are written: made private, written whole, cut back, brought to the disk.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "sys/file_descriptor.h"

namespace weir::sys {

/// A user and a group.
struct Owner {
  std::uint32_t user = 0;
  std::uint32_t group = 0;
};

/// Whether an existing file may be opened.
enum class Existing : std::uint8_t { emptied, refused };

/// Opens for appending, close-on-exec: what somebody else cuts meanwhile does not become a hole. A
/// file that is made has mode 0600 and goes to `owner`, if any; one that existed keeps both. Waits
/// for the reader of a FIFO; a signal ends the wait (EINTR). Throws Error
/// (invalid_argument) as check_path(), and SystemError naming the path.
[[nodiscard]] FileDescriptor open_for_writing(const std::string& path,
                                              const std::optional<Owner>& owner,
                                              Existing existing = Existing::emptied);

/// Whether that errno means that room is missing, on the disk or in somebody's quota.
[[nodiscard]] bool is_disk_full(int error) noexcept;

/// How much was written, and the errno of why not all was; 0 if all was.
struct Written {
  std::size_t size = 0;
  int error = 0;
};
/// Writes all of `bytes`: goes on after EINTR and short writes, waits where a descriptor that does
/// not block is full. After each EINTR `gives_up` is asked, if there is one: true is EAGAIN.
Written write_all(const FileDescriptor& to, Bytes bytes,
                  const std::function<bool()>& gives_up = {}) noexcept;

/// Where the next write goes in a regular file; 0 for anything else.
[[nodiscard]] std::uint64_t write_position(const FileDescriptor& file) noexcept;

/// Cuts a regular file to `size` bytes and goes on there; anything else stays as it is.
void cut(const FileDescriptor& file, std::uint64_t size) noexcept;

/// Waits until the disk has what was written. Returns an errno; 0 also for what is no disk.
int synchronise(const FileDescriptor& file) noexcept;

/// The directory that `path` is in, for synchronise_names(). Not open where it may not be read;
/// throws SystemError for anything else.
[[nodiscard]] FileDescriptor open_directory_of(const std::string& path);

/// Waits until the disk has the names in an open directory. Returns an errno; 0 also on file
/// systems that have no such thing.
int synchronise_names(const FileDescriptor& directory) noexcept;

/// Closes what is owned. Returns an errno: the last word of a file system that writes late.
int close_checked(FileDescriptor& file) noexcept;

}  // namespace weir::sys
