// The options of IPv4 (RFC 791 3.1) and TCP (RFC 9293 3.1): kind, length, data; two kinds alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>

#include "weir/bytes.h"

namespace weir::wire {

/// One option. `data` is what follows kind and length.
struct HeaderOption {
  static constexpr std::uint8_t end_of_list = 0;
  static constexpr std::uint8_t no_operation = 1;

  std::uint8_t kind = end_of_list;
  Bytes data{};
};

/// The options of one header, in order. The walk always makes progress; it ends after the end of
/// list option (which is handed out), at the end of the bytes, or before an option whose length is
/// below 2 or beyond the bytes.
class OptionList {
 public:
  class Iterator {
   public:
    using value_type = HeaderOption;
    using difference_type = std::ptrdiff_t;

    Iterator() noexcept = default;
    explicit Iterator(Bytes rest) noexcept : rest_{rest} { read(); }

    const HeaderOption& operator*() const noexcept { return option_; }
    const HeaderOption* operator->() const noexcept { return &option_; }
    Iterator& operator++() noexcept {
      rest_ = rest_.subspan(size_);
      if (option_.kind == HeaderOption::end_of_list) {
        size_ = 0;
      } else {
        read();
      }
      return *this;
    }
    Iterator operator++(int) noexcept {
      const Iterator before = *this;
      ++*this;
      return before;
    }
    bool operator==(std::default_sentinel_t) const noexcept { return size_ == 0; }

    /// From the current option on; at the end of the walk, what was not read: padding behind the
    /// end of list, or a damaged option.
    [[nodiscard]] Bytes rest() const noexcept { return rest_; }

   private:
    void read() noexcept {
      size_ = 0;
      if (rest_.empty()) return;
      const std::uint8_t kind = rest_[0];
      if (kind <= HeaderOption::no_operation) {
        size_ = 1;
        option_ = {.kind = kind, .data = {}};
        return;
      }
      if (rest_.size() < 2 || rest_[1] < 2 || rest_[1] > rest_.size()) return;
      size_ = rest_[1];
      option_ = {.kind = kind, .data = rest_.subspan(2, size_ - 2)};
    }

    Bytes rest_{};
    HeaderOption option_{};
    std::size_t size_ = 0;
  };

  explicit OptionList(Bytes bytes) noexcept : bytes_{bytes} {}

  [[nodiscard]] Iterator begin() const noexcept { return Iterator{bytes_}; }
  [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }
  [[nodiscard]] Bytes bytes() const noexcept { return bytes_; }

  /// Whether every option up to the end of list lies within the bytes.
  [[nodiscard]] bool well_formed() const noexcept {
    Iterator at = begin();
    bool ended = false;
    for (; at != end(); ++at) ended = at->kind == HeaderOption::end_of_list;
    return ended || at.rest().empty();
  }

 private:
  Bytes bytes_;
};

}  // namespace weir::wire
