// Maps of the kernel's BPF: what its programs and we share.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "sys/file_descriptor.h"
#include "weir/bytes.h"

namespace weir::sys {

/// Why bpf(2) may not be used here at all, or nothing if it may: "bpf: Operation not permitted".
[[nodiscard]] std::string why_no_bpf();

/// Whether this is a map of numbers and bytes alone, of a usual kind: no references into the kernel
/// are kept in it, and no other maps.
[[nodiscard]] bool is_plain_map(const FileDescriptor& map) noexcept;

/// A map of any kind: its descriptor, and its elements as bytes. Keys and values have the sizes the
/// map was made with.
class BpfMap {
 public:
  [[nodiscard]] const FileDescriptor& descriptor() const noexcept { return descriptor_; }

  /// Returns an errno.
  [[nodiscard]] int update(Bytes key, Bytes value) const noexcept;
  /// Returns an errno: ENOENT if there is none.
  [[nodiscard]] int look_up(Bytes key, MutableBytes value) const noexcept;
  /// The key behind `key` (no bytes: the first), in no order of its own. Returns an errno: ENOENT
  /// at the end. One that has been erased meanwhile begins again at the first.
  [[nodiscard]] int next_key(Bytes key, MutableBytes next) const noexcept;
  /// Returns an errno: ENOENT if there is none, EINVAL where the kind of map has no absent ones.
  [[nodiscard]] int erase(Bytes key) const noexcept;

 protected:
  struct Shape {
    /// A bpf_map_type.
    std::uint32_t type = 0;
    std::uint32_t key_size = sizeof(std::uint32_t);
    std::uint32_t value_size = 0;
    std::uint32_t entries = 0;
    std::uint32_t flags = 0;
  };
  /// Throws SystemError.
  explicit BpfMap(const Shape& shape);

  FileDescriptor descriptor_;
};

/// With 32-bit keys from 0 on and one value per key and CPU.
class PerCpuArray : public BpfMap {
 public:
  /// Values start as zeros. Throws SystemError.
  PerCpuArray(std::uint32_t value_size, std::uint32_t entries);
};

/// How many numbers processors may have here, those that are not there yet included: from 0 on.
[[nodiscard]] std::uint32_t processor_numbers() noexcept;

/// With 32-bit keys from 0 on.
class Array : public BpfMap {
 public:
  /// Values start as zeros. Throws SystemError.
  Array(std::uint32_t value_size, std::uint32_t entries);
};

/// With keys of any size, present or absent.
class Hash : public BpfMap {
 public:
  enum class WhenFull : std::uint8_t {
    refuse,        ///< E2BIG
    forget_least,  ///< the element that was used the longest time ago goes
  };
  struct Sizes {
    std::uint32_t key = 0;
    std::uint32_t value = 0;
    std::uint32_t entries = 0;
  };
  /// Empty. Throws SystemError.
  explicit Hash(const Sizes& sizes, WhenFull when_full = WhenFull::refuse);
};

/// Programs that others go on to (tail calls). The kernel empties it soon after its last descriptor
/// was closed, whichever programs still use it: tail calls then fall through.
class ProgramArray : public BpfMap {
 public:
  /// Empty. Throws SystemError.
  explicit ProgramArray(std::uint32_t entries);

  /// Puts a program into a slot, in one step instead of what was there. Returns an errno.
  [[nodiscard]] int set(std::uint32_t slot, const FileDescriptor& program) const noexcept;
  /// Returns an errno: ENOENT if it was empty.
  [[nodiscard]] int clear(std::uint32_t slot) const noexcept;

  /// Gives it the highest number a descriptor of this process may have and that is free. A process
  /// that dies closes the highest first: the array is empty before anything else goes. Throws
  /// SystemError.
  void lift();
};

/// With 32-bit keys from 0 on, values are memory shared with the kernel: they are read and written
/// without asking it.
class MappedArray : public BpfMap {
 public:
  enum class Access : std::uint8_t { read, write };

  /// Values of `value_words` times 8 bytes, one after the other from the start of a page, all
  /// zeros. Throws SystemError.
  MappedArray(std::uint32_t value_words, std::uint32_t entries, Access access = Access::read);
  MappedArray(const MappedArray&) = delete;
  MappedArray& operator=(const MappedArray&) = delete;
  ~MappedArray();

  /// All values; programs of the kernel may change them at any time.
  [[nodiscard]] std::span<const std::uint64_t> words() const noexcept { return words_; }
  /// The same. Precondition: Access::write.
  [[nodiscard]] std::span<std::uint64_t> writable_words() const noexcept { return words_; }

 private:
  std::span<std::uint64_t> words_{};
};

}  // namespace weir::sys
