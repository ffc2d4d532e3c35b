// Bytes in network order appended to one reused block, and the Internet checksum.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace bench {

static_assert(std::endian::native == std::endian::little, "checksums are added little-endian");

/// A growing header or frame of at most `capacity` bytes.
class Octets {
 public:
  static constexpr std::size_t capacity = 16384;

  void clear() noexcept { size_ = 0; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::span<const std::uint8_t> view() const noexcept {
    return {data_.data(), size_};
  }

  void u8(unsigned value) noexcept {
    assert(size_ < capacity);
    data_[size_++] = static_cast<std::uint8_t>(value);
  }
  void u16(unsigned value) noexcept {
    u8(value >> 8);
    u8(value);
  }
  void u32(std::uint32_t value) noexcept {
    u16(value >> 16);
    u16(value);
  }
  void raw(std::span<const std::uint8_t> bytes) noexcept {
    assert(bytes.size() <= capacity - size_);
    std::copy(bytes.begin(), bytes.end(), data_.begin() + static_cast<std::ptrdiff_t>(size_));
    size_ += bytes.size();
  }
  void text(std::string_view text) noexcept {
    for (const char c : text) u8(static_cast<unsigned char>(c));
  }
  void zeros(std::size_t count) noexcept {
    for (; count > 0; --count) u8(0);
  }
  void set16(std::size_t at, unsigned value) noexcept {
    assert(at + 2 <= size_);
    data_[at] = static_cast<std::uint8_t>(value >> 8);
    data_[at + 1] = static_cast<std::uint8_t>(value);
  }

 private:
  std::array<std::uint8_t, capacity> data_{};
  std::size_t size_ = 0;
};

/// The Internet checksum (RFC 1071). Each piece but the last must have an even length.
class Checksum {
 public:
  void add(std::span<const std::uint8_t> bytes) noexcept {
    std::size_t at = 0;
    for (; at + 4 <= bytes.size(); at += 4) {
      std::uint32_t word;
      std::memcpy(&word, bytes.data() + at, sizeof word);
      sum_ += word;
    }
    std::uint32_t rest = 0;
    if (at < bytes.size()) std::memcpy(&rest, bytes.data() + at, bytes.size() - at);
    sum_ += rest;
  }
  void add16(unsigned value) noexcept {
    sum_ += __builtin_bswap16(static_cast<std::uint16_t>(value));
  }
  /// The value of the checksum field, host order.
  [[nodiscard]] std::uint16_t value() const noexcept {
    std::uint64_t sum = sum_;
    while ((sum >> 16) != 0) sum = (sum & 0xffff) + (sum >> 16);
    return __builtin_bswap16(static_cast<std::uint16_t>(~sum));
  }

 private:
  std::uint64_t sum_ = 0;
};

}  // namespace bench
