// Segments that follow each other, put together again: the kernel cuts them into the same packets.
#pragma once

#include <cstddef>
#include <cstdint>

#include "gate/held/buffer_pool.h"
#include "gate/reinject/outline.h"
#include "weir/bytes.h"

namespace weir::gate {

/// Whether a segment may have another one behind it or before it: TCP without IP fragments, no
/// padding, flags that the kernel cuts apart (tcp_gso_segment of net/ipv4/tcp_offload.c).
[[nodiscard]] bool can_be_coupled(Bytes frame, const Transport& tcp) noexcept;

/// One thread at a time.
class Train {
 public:
  /// Bytes of the longest frame.
  static constexpr std::size_t most = 65'535;

  explicit Train(BufferPool& buffers) noexcept : buffers_{&buffers} {}

  [[nodiscard]] bool is_empty() const noexcept { return segments_ == 0; }
  /// Begins with a segment that can be coupled. False, and it stays empty, if there is no memory.
  bool begin(Bytes frame, const Transport& tcp) noexcept;
  /// Puts a segment behind those there are, if the kernel would cut just this one off again: all of
  /// its headers follow from theirs. Precondition: not is_empty(), and it can be coupled.
  bool couple(Bytes frame, const Transport& tcp) noexcept;

  [[nodiscard]] std::size_t segments() const noexcept { return segments_; }
  /// Bytes of payload of each but the last.
  [[nodiscard]] std::uint32_t segment_size() const noexcept { return segment_size_; }
  /// The frame, its lengths and the checksum of IPv4 written, but none of TCP; the train is empty
  /// then.
  [[nodiscard]] Bytes finish(Buffer& memory) noexcept;

 private:
  [[nodiscard]] bool continues(Bytes frame, const Transport& tcp) const noexcept;

  BufferPool* buffers_;
  Buffer memory_{};
  /// Of the first segment.
  Transport tcp_{};
  std::size_t size_ = 0;
  std::size_t segments_ = 0;
  std::uint32_t segment_size_ = 0;
  /// Nothing goes behind a short segment, or one with PSH or FIN.
  bool is_closed_ = false;
};

}  // namespace weir::gate
