// A file descriptor that closes itself, and read(2) that minds EINTR.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "weir/bytes.h"

namespace weir::sys {

/// Owns a descriptor, or borrows one that others close.
class FileDescriptor {
 public:
  FileDescriptor() noexcept = default;
  /// Takes ownership.
  explicit FileDescriptor(int number) noexcept : number_{number} {}
  /// Never closes `number`.
  static FileDescriptor borrow(int number) noexcept {
    FileDescriptor descriptor{number};
    descriptor.owned_ = false;
    return descriptor;
  }
  FileDescriptor(FileDescriptor&& other) noexcept
      : number_{std::exchange(other.number_, -1)}, owned_{other.owned_} {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    if (this != &other) {
      close();
      number_ = std::exchange(other.number_, -1);
      owned_ = other.owned_;
    }
    return *this;
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor() { close(); }

  [[nodiscard]] int number() const noexcept { return number_; }
  [[nodiscard]] bool is_open() const noexcept { return number_ >= 0; }

  /// Closes early; harmless when nothing is open or owned.
  void close() noexcept;
  /// Gives an owned number away, for the caller to close; -1 when nothing is open or owned.
  [[nodiscard]] int release() noexcept {
    const int number = std::exchange(number_, -1);
    return owned_ ? number : -1;
  }

 private:
  int number_ = -1;
  bool owned_ = true;
};

/// The kernel would take a path with a NUL character for what stands before that: throws Error
/// (invalid_argument).
void check_path(const std::string& path);

/// Opens for reading, close-on-exec. Throws Error (invalid_argument) as check_path(), and
/// SystemError naming the path; a directory is refused with EISDIR. A signal ends the wait for a
/// FIFO's writer (EINTR).
[[nodiscard]] FileDescriptor open_for_reading(const std::string& path);

/// Reads at most to.size() bytes, 0 at the end. Goes on after EINTR. Throws SystemError; `name` is
/// what its message calls the file.
std::size_t read_some(const FileDescriptor& from, MutableBytes to, const std::string& name);

/// A regular file never blocks a reader: there is nothing to wait for.
[[nodiscard]] bool is_regular_file(const FileDescriptor& descriptor) noexcept;

}  // namespace weir::sys
