// Validity bit by bit, and the way back where memory ends.
#include "record/column/filled_column.h"

#include <algorithm>
#include <bit>

#include "weir/record/column_reader.h"

namespace weir::record {
namespace {

constexpr std::size_t word_bits = 64;

std::uint64_t ones(std::size_t count) noexcept {
  return count == word_bits ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
}

}  // namespace

ColumnData FilledColumn::fresh(Memory& memory) const {
  ColumnData empty{.name = name,
                   .type = column_type(place->description),
                   .validity = ColumnBuffer{memory},
                   .values = ColumnBuffer{memory},
                   .characters = ColumnBuffer{memory}};
  if (has_offsets(empty.type)) std::fill_n(empty.values.extend(8), 8, std::uint8_t{0});
  return empty;
}

// Up to the first absent row there is no bitmap.
void FilledColumn::add_rows(std::size_t count, std::uint64_t valid) {
  const std::size_t row = data.rows;
  data.rows += count;
  if (data.validity.empty()) {
    if (valid == ones(count)) return;
    const std::size_t full = row / word_bits;
    std::uint8_t* to = data.validity.extend((full + 1) * sizeof(std::uint64_t));
    for (std::size_t i = 0; i < full; ++i, to += sizeof(std::uint64_t))
      store_le(to, ~std::uint64_t{0});
    store_le(to, ones(row % word_bits));
  } else if (row % word_bits == 0) {
    store_le(data.validity.extend(sizeof(std::uint64_t)), std::uint64_t{0});
  }
  std::uint8_t* const word = data.validity.data() + row / word_bits * sizeof(std::uint64_t);
  store_le(word, load_le<std::uint64_t>(word) | valid << row % word_bits);
  data.absent += count - static_cast<std::size_t>(std::popcount(valid));
}

Mark Mark::of(const ColumnData& column) noexcept {
  return {column.rows, column.absent, column.validity.size(), column.values.size(),
          column.characters.size()};
}

void Mark::cut(ColumnData& column) const noexcept {
  column.rows = rows;
  column.absent = absent;
  column.validity.cut(validity);
  column.values.cut(values);
  column.characters.cut(characters);
  if (validity == 0 || rows % word_bits == 0) return;
  std::uint8_t* const word = column.validity.data() + rows / word_bits * sizeof(std::uint64_t);
  store_le(word, load_le<std::uint64_t>(word) & ones(rows % word_bits));
}

// What may throw comes first.
ColumnBatch take_rows(std::span<FilledColumn> columns, std::size_t rows, Memory& memory) {
  ColumnBatch batch{.rows = rows};
  for (const FilledColumn& column : columns) batch.columns.push_back(column.fresh(memory));
  for (FilledColumn& column : columns) column.data.words = column.words.words();
  for (std::size_t i = 0; i < columns.size(); ++i) {
    ColumnData& full = batch.columns[i];
    std::swap(full, columns[i].data);
    full.validity.shrink();
    full.values.shrink();
    full.characters.shrink();
  }
  return batch;
}

}  // namespace weir::record
