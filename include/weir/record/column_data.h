// Columns of typed values, laid out as Apache Arrow lays out its arrays.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "weir/api.h"
#include "weir/bytes.h"
#include "weir/memory.h"
#include "weir/record/value.h"

namespace weir::record {

/// Octets that grow in place, as far as the allocator can: large ones are never copied. Movable;
/// const calls from several threads at once.
class WEIR_API ColumnBuffer {
 public:
  constexpr ColumnBuffer() noexcept = default;
  /// `memory` outlives it.
  explicit constexpr ColumnBuffer(Memory& memory) noexcept : memory_{&memory} {}
  ColumnBuffer(ColumnBuffer&& other) noexcept
      : memory_{other.memory_},
        data_{std::exchange(other.data_, nullptr)},
        size_{std::exchange(other.size_, 0)},
        capacity_{std::exchange(other.capacity_, 0)} {}
  ColumnBuffer& operator=(ColumnBuffer&& other) noexcept {
    std::swap(memory_, other.memory_);
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
    return *this;
  }
  ~ColumnBuffer();

  /// Aligned for every type of value; valid until it grows.
  [[nodiscard]] const std::uint8_t* data() const noexcept { return data_; }
  [[nodiscard]] std::uint8_t* data() noexcept { return data_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] Bytes bytes() const noexcept { return {data_, size_}; }

  /// Lengthens it by `count` octets that have no value yet, and returns where they begin. Throws
  /// std::bad_alloc.
  std::uint8_t* extend(std::size_t count) {
    if (capacity_ - size_ < count) grow(count);
    std::uint8_t* const begin = data_ + size_;
    size_ += count;
    return begin;
  }
  /// Takes away all behind the first `size` octets, which are there; keeps the memory.
  void cut(std::size_t size) noexcept { size_ = size; }
  /// Gives back what lies behind its end.
  void shrink() noexcept;

 private:
  [[nodiscard]] Memory& memory() const noexcept {
    return memory_ != nullptr ? *memory_ : Memory::heap();
  }
  WEIR_PRIVATE void grow(std::size_t count);

  Memory* memory_ = nullptr;  // that of the heap
  std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

/// How a column holds its values: integers in the machine's byte order.
enum class ColumnType : std::uint8_t {
  boolean,  ///< an octet each, 0 or 1
  uint8,
  uint16,
  uint32,
  uint64,
  int64,
  float64,
  time,    ///< int64: nanoseconds since the epoch; its least value where there is none
  ipv4,    ///< 4 octets in wire order
  ipv6,    ///< 16 octets
  ip,      ///< 16 octets: IPv6, or IPv4 as ::ffff:a.b.c.d (RFC 4291 2.5.5.2)
  mac,     ///< 6 octets
  word,    ///< int32: an index into `words`; -1 where there is none
  text,    ///< UTF-8, U+FFFD for what is none: int64 offsets into `characters`
  octets,  ///< the same, of any octets
  json,    ///< text: what is of several values, as JSON
};

/// As it is written there: "uint8". A constant.
[[nodiscard]] WEIR_API std::string_view name(ColumnType type) noexcept;

/// Octets of a value; of text and octets those of an offset.
[[nodiscard]] constexpr std::size_t width(ColumnType type) noexcept {
  switch (type) {
    case ColumnType::boolean:
    case ColumnType::uint8:
      return 1;
    case ColumnType::uint16:
      return 2;
    case ColumnType::uint32:
    case ColumnType::ipv4:
    case ColumnType::word:
      return 4;
    case ColumnType::ipv6:
    case ColumnType::ip:
      return 16;
    case ColumnType::mac:
      return 6;
    default:
      return 8;
  }
}

/// Whether values are of any length: `values` has offsets, one more than there are rows.
[[nodiscard]] constexpr bool has_offsets(ColumnType type) noexcept {
  return type == ColumnType::text || type == ColumnType::octets || type == ColumnType::json;
}

/// One column. Const calls from several threads at once.
struct WEIR_API ColumnData {
  std::string name;
  ColumnType type = ColumnType::uint64;
  std::size_t rows = 0;
  /// Rows without a value: the field does not apply there. What stands in `values` is 0, or as
  /// ColumnType says.
  std::size_t absent = 0;
  /// A bit a row, the least significant first, 1 where there is a value; empty if no row is
  /// absent. Its size is a multiple of 8.
  ColumnBuffer validity{};
  ColumnBuffer values{};
  /// Of a column with offsets.
  ColumnBuffer characters{};
  /// Of a column of words.
  std::vector<std::string> words{};

  /// Whether there is a value at `row`, which is below `rows`; so in the next ones.
  [[nodiscard]] bool has_value(std::size_t row) const noexcept {
    return validity.empty() || (validity.data()[row / 8] >> (row % 8) & 1) != 0;
  }
  /// The value, with text and octets borrowed from the column; absent without one. JSON is text.
  [[nodiscard]] Value value(std::size_t row) const noexcept;
  /// As it is written: addresses as RFC 5952 says, octets in hex; empty for an absent one.
  [[nodiscard]] std::string text(std::size_t row) const;
  /// A column of words in place of this one: the text of each different value once, in the order
  /// they first come. Throws Error (invalid_argument) for 2^31 of them.
  [[nodiscard]] ColumnData as_words() const;
  /// Octets of all its buffers and words.
  [[nodiscard]] std::size_t size() const noexcept;
};

/// Columns of as many rows each. Const calls from several threads at once.
struct ColumnBatch {
  std::size_t rows = 0;
  std::vector<ColumnData> columns{};

  /// Null if there is none of that name.
  [[nodiscard]] const ColumnData* find(std::string_view name) const noexcept {
    for (const ColumnData& column : columns) {
      if (column.name == name) return &column;
    }
    return nullptr;
  }
};

}  // namespace weir::record
