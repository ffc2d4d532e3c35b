// Encoded records on their way to the medium: one run of bytes that knows where records end.
#pragma once

#include <vector>

#include "weir/bytes.h"

namespace weir::savefile {

/// Grows to what one batch or frame needs and keeps that.
class RecordBuffer {
 public:
  /// Where a record ends, and how many packets the buffer holds up to there.
  struct End {
    std::size_t offset = 0;
    std::size_t packets = 0;
  };

  /// Room for `size` bytes more at the end; valid until the next call.
  [[nodiscard]] std::uint8_t* append(std::size_t size) {
    if (size > bytes_.size() - used_) grow(size);
    std::uint8_t* const at = bytes_.data() + used_;
    used_ += size;
    return at;
  }
  /// What was appended so far is whole records, the last of them a packet or not.
  void end_record(bool is_packet) {
    packets_ += is_packet ? 1 : 0;
    ends_.push_back({used_, packets_});
  }
  /// Takes back what was appended behind the last whole record.
  void drop_unfinished() noexcept { used_ = ends_.empty() ? 0 : ends_.back().offset; }

  [[nodiscard]] Bytes bytes() const noexcept { return Bytes{bytes_}.first(used_); }
  [[nodiscard]] std::size_t packets() const noexcept { return packets_; }
  [[nodiscard]] bool empty() const noexcept { return used_ == 0; }

  /// The last end at or before `offset`.
  [[nodiscard]] End end_before(std::size_t offset) const noexcept {
    End last;
    for (const End& end : ends_) {
      if (end.offset > offset) break;
      last = end;
    }
    return last;
  }

  void clear() noexcept {
    used_ = 0;
    packets_ = 0;
    ends_.clear();
  }

 private:
  void grow(std::size_t size) { bytes_.resize((bytes_.size() + size) * 2); }

  std::vector<std::uint8_t> bytes_;
  std::size_t used_ = 0;
  std::size_t packets_ = 0;
  std::vector<End> ends_;
};

}  // namespace weir::savefile
