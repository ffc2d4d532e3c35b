// The walk over what stands in a header one behind the other, each with its type, length and value:
// options of IPv4, TCP, IPv6 and neighbour discovery, chunks of SCTP.
#pragma once

#include <concepts>
#include <cstddef>
#include <iterator>

#include "weir/bytes.h"

namespace weir::wire {

/// One element of a TlvList. `T::read(rest, element)` reads the first one of `rest`, which is not
/// empty, and returns how many bytes it takes, padding included: at least one, at most all. 0: it
/// is damaged.
template <class T>
concept Tlv = std::default_initializable<T> && requires(Bytes rest, T element) {
  { T::read(rest, element) } noexcept -> std::same_as<std::size_t>;
};

/// The elements of one header, in order. The walk always makes progress; it ends at the end of the
/// bytes, before an element that is damaged (its length is too small or goes beyond the bytes), or
/// behind one that says `ends_list()`. Borrows the bytes, as its elements do; read from any number
/// of threads.
template <Tlv T>
class TlvList {
 public:
  class Iterator {
   public:
    using value_type = T;
    using difference_type = std::ptrdiff_t;

    Iterator() noexcept = default;
    explicit Iterator(Bytes rest) noexcept : rest_{rest} { read(); }

    const T& operator*() const noexcept { return element_; }
    const T* operator->() const noexcept { return &element_; }
    Iterator& operator++() noexcept {
      rest_ = rest_.subspan(size_);
      if (ends_list()) {
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

    /// From the current element on; at the end of the walk, what was not read: padding behind the
    /// end of list, or a damaged element.
    [[nodiscard]] Bytes rest() const noexcept { return rest_; }
    [[nodiscard]] bool ends_list() const noexcept {
      if constexpr (requires { element_.ends_list(); }) return element_.ends_list();
      return false;
    }

   private:
    void read() noexcept { size_ = rest_.empty() ? 0 : T::read(rest_, element_); }

    Bytes rest_{};
    T element_{};
    std::size_t size_ = 0;
  };

  explicit TlvList(Bytes bytes) noexcept : bytes_{bytes} {}

  [[nodiscard]] Iterator begin() const noexcept { return Iterator{bytes_}; }
  [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }
  [[nodiscard]] Bytes bytes() const noexcept { return bytes_; }

  /// Whether every element, up to the one that ends the list, lies within the bytes.
  [[nodiscard]] bool well_formed() const noexcept {
    Iterator at = begin();
    bool ended = false;
    for (; at != end(); ++at) ended = at.ends_list();
    return ended || at.rest().empty();
  }

 private:
  Bytes bytes_;
};

}  // namespace weir::wire
