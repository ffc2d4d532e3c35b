// A column that grows row by row, whatever its rows are made of.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "record/column/fills.h"
#include "record/column/word_index.h"
#include "weir/record/column_data.h"

namespace weir::record {

/// A column and how it is filled.
struct FilledColumn {
  /// As it was asked for.
  std::string name;
  const FieldPlace* place;
  DirectFill direct = nullptr;
  /// Which of the headers; none for a field of the packet.
  std::optional<std::size_t> headers{};
  WordIndex words{};
  ColumnData data{};

  /// One without rows.
  [[nodiscard]] ColumnData fresh(Memory& memory) const;
  /// `valid` are those of `count` rows, which do not go beyond a word of the bitmap.
  void add_rows(std::size_t count, std::uint64_t valid);
};

/// How far a column was filled before a slice, whose rows share the word of the bitmap with those
/// right before them.
struct Mark {
  std::size_t rows = 0;
  std::size_t absent = 0;
  std::size_t validity = 0;
  std::size_t values = 0;
  std::size_t characters = 0;

  static Mark of(const ColumnData& column) noexcept;
  void cut(ColumnData& column) const noexcept;
};

/// Hands out what is filled, and begins anew; throws std::bad_alloc, and then nothing has changed.
[[nodiscard]] ColumnBatch take_rows(std::span<FilledColumn> columns, std::size_t rows,
                                    Memory& memory);

}  // namespace weir::record
