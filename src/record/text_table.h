// Cells laid out in columns, fitted to a line width.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "weir/record/output.h"

namespace weir::record {

struct TextColumn {
  enum class Align : bool { left, right };

  std::string heading;
  Align align = Align::left;
  /// May be cut in the middle ("2001:db8..::1") where the line is too narrow.
  bool may_shrink = false;
};

/// Collects rows and prints them under their headings. Cells are ASCII. Where a line would exceed
/// the width, columns that may are cut as far as they stay readable, then the last columns are left
/// out, then the rest is cut further.
class TextTable {
 public:
  explicit TextTable(std::vector<TextColumn> columns);

  /// Precondition: one cell a column.
  void add(std::span<const std::string> cells);
  void add(std::initializer_list<std::string> cells) {
    add(std::span{cells.begin(), cells.size()});
  }

  /// Appends the lines to `out`. `width` 0 is no limit.
  void print(std::string& out, std::size_t width) const;
  /// Hands the lines out in blocks instead.
  void print(const Output& output, std::size_t width) const;

 private:
  [[nodiscard]] std::vector<std::size_t> fitted(std::size_t width) const;
  void shrink(std::vector<std::size_t>& widths, std::size_t width, std::size_t least) const;
  /// Calls take(cells) for the headings and each row; the cells are borrowed.
  template <class Take>
  void for_each_row(Take take) const;
  void print_row(std::string& out, std::span<const std::string_view> cells,
                 const std::vector<std::size_t>& widths) const;

  std::vector<TextColumn> columns_;
  /// The cells of all rows, one behind the other, and where each ends: there may be millions.
  std::string text_;
  std::vector<std::size_t> ends_;
};

}  // namespace weir::record
