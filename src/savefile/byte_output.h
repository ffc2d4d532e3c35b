// Where the bytes of a savefile go; knows no format. The only stage that sees errno.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "sys/output_file.h"
#include "sys/watched_file.h"
#include "weir/bytes.h"

namespace weir::savefile {

/// A stream of bytes being written.
class ByteOutput {
 public:
  ByteOutput() = default;
  ByteOutput(const ByteOutput&) = delete;
  ByteOutput& operator=(const ByteOutput&) = delete;
  virtual ~ByteOutput();

  /// Writes all, or says how much and why not the rest.
  virtual sys::Written write(Bytes bytes) noexcept = 0;
  /// Takes back what was written behind the first `size` bytes, if the medium can.
  virtual void cut(std::uint64_t size) noexcept = 0;
  /// Waits until it is safe. Returns an errno, 0 for success.
  virtual int synchronise() noexcept { return 0; }
  /// What somebody else has done to a file that should have `size` bytes by now; with_name also to
  /// its name.
  [[nodiscard]] virtual sys::Change change(std::uint64_t /*size*/,
                                           bool /*with_name*/) const noexcept {
    return sys::Change::none;
  }
  /// Packets that a reader finds in what is left of a changed file, and its bytes.
  struct Left {
    std::uint64_t packets = 0;
    std::uint64_t bytes = 0;
  };
  [[nodiscard]] virtual Left left() const { return {}; }
  /// No more follows. Returns an errno, 0 for success.
  virtual int close() noexcept { return 0; }
};

/// A descriptor.
class FileOutput final : public ByteOutput {
 public:
  /// One that others may write to as well. `gives_up` as sys::write_all() takes it.
  FileOutput(sys::FileDescriptor file, std::function<bool()> gives_up) noexcept
      : file_{std::move(file)},
        gives_up_{std::move(gives_up)},
        watched_{file_, {}},
        start_{sys::write_position(file_)} {}
  /// `file` was opened by `path`. `directory` is the one that has the file's name, if synchronise()
  /// is to see to that.
  FileOutput(sys::FileDescriptor file, std::function<bool()> gives_up, const std::string& path,
             sys::FileDescriptor directory)
      : file_{std::move(file)},
        gives_up_{std::move(gives_up)},
        directory_{std::move(directory)},
        watched_{file_, path},
        start_{sys::write_position(file_)} {}

  sys::Written write(Bytes bytes) noexcept override {
    return sys::write_all(file_, bytes, gives_up_);
  }
  void cut(std::uint64_t size) noexcept override { sys::cut(file_, start_ + size); }
  int synchronise() noexcept override;
  [[nodiscard]] sys::Change change(std::uint64_t size, bool with_name) const noexcept override;
  [[nodiscard]] Left left() const override;
  int close() noexcept override { return sys::close_checked(file_); }

 private:
  sys::FileDescriptor file_;
  std::function<bool()> gives_up_;
  sys::FileDescriptor directory_;  // not open once the disk has the name
  sys::WatchedFile watched_{};
  std::uint64_t start_;  // bytes that were there before
};

/// The end of somebody's vector.
class MemoryOutput final : public ByteOutput {
 public:
  explicit MemoryOutput(std::vector<std::uint8_t>& bytes) noexcept
      : bytes_{&bytes}, start_{bytes.size()} {}

  sys::Written write(Bytes bytes) noexcept override;
  void cut(std::uint64_t size) noexcept override { bytes_->resize(start_ + size); }

 private:
  std::vector<std::uint8_t>* bytes_;
  std::size_t start_;
};

}  // namespace weir::savefile
