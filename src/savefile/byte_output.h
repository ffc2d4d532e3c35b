// Where the bytes of a savefile go; knows no format. The only stage that sees errno.
#pragma once

#include <string>
#include <vector>

#include "sys/output_file.h"
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
  /// Whether it had a name and nobody finds it under one any more.
  [[nodiscard]] virtual bool is_removed() const noexcept { return false; }
  /// No more follows. Returns an errno, 0 for success.
  virtual int close() noexcept { return 0; }
};

/// A descriptor.
class FileOutput final : public ByteOutput {
 public:
  /// `directory` is the one that has the file's name, if synchronise() is to see to that.
  explicit FileOutput(sys::FileDescriptor file, sys::FileDescriptor directory = {}) noexcept
      : file_{std::move(file)},
        directory_{std::move(directory)},
        start_{sys::write_position(file_)},
        had_name_{!sys::is_unlinked(file_)} {}

  sys::Written write(Bytes bytes) noexcept override { return sys::write_all(file_, bytes); }
  void cut(std::uint64_t size) noexcept override { sys::cut(file_, start_ + size); }
  int synchronise() noexcept override;
  [[nodiscard]] bool is_removed() const noexcept override {
    return had_name_ && sys::is_unlinked(file_);
  }
  int close() noexcept override { return sys::close_checked(file_); }

 private:
  sys::FileDescriptor file_;
  sys::FileDescriptor directory_;  // not open once the disk has the name
  std::uint64_t start_;            // bytes that were there before
  bool had_name_;                  // some files never have one
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
