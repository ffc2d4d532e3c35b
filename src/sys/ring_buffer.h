// A ring in which a program of the kernel's BPF leaves records, and we take them.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sys/bpf_map.h"
#include "weir/bytes.h"

namespace weir::sys {

/// One thread takes; programs on all CPUs fill.
class RingBuffer : public BpfMap {
 public:
  /// Of `size` bytes, a power of two and whole pages. descriptor() is readable, for poll and epoll,
  /// when a record has been put in (unless its program asked for no wake-up). Throws SystemError.
  explicit RingBuffer(std::uint32_t size);
  RingBuffer(const RingBuffer&) = delete;
  RingBuffer& operator=(const RingBuffer&) = delete;
  ~RingBuffer();

  /// The next record that is whole, in the order they were begun: one that is still being written
  /// holds up those behind it. No bytes at all if there is none. Valid until release().
  [[nodiscard]] Bytes next() noexcept;
  /// Gives the room of all records that next() returned back.
  void release() noexcept { release(position_); }
  /// The same, but for the last one.
  void release_but_last() noexcept { release(last_); }

 private:
  void release(std::uint64_t position) noexcept;

  std::uint32_t size_;
  std::uint8_t* consumer_page_ = nullptr;
  /// The producer's page and the data, twice: a record that wraps round is in one piece.
  const std::uint8_t* producer_pages_ = nullptr;
  std::size_t page_size_;
  std::uint64_t position_ = 0;
  /// Where the record begins that next() returned last.
  std::uint64_t last_ = 0;
};

}  // namespace weir::sys
