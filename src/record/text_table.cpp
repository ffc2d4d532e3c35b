// Lays cells out in columns.
#include "record/text_table.h"

#include <algorithm>
#include <cassert>
#include <numeric>

namespace weir::record {
namespace {

constexpr std::size_t gap = 2;
constexpr std::size_t narrowest = 9;
// Holds most of an IPv4 endpoint, and both ends of one of IPv6.
constexpr std::size_t readable = 18;

std::size_t line_length(const std::vector<std::size_t>& widths) {
  return std::accumulate(widths.begin(), widths.end(), gap * (widths.size() - 1));
}

// Keeps both ends: the port of an endpoint is at its end.
std::string cut(std::string_view cell, std::size_t width) {
  if (cell.size() <= width) return std::string{cell};
  if (width <= 4) return std::string{cell.substr(0, width)};
  const std::size_t tail = (width - 2) / 2;
  return std::string{cell.substr(0, width - 2 - tail)} + ".." +
         std::string{cell.substr(cell.size() - tail)};
}

}  // namespace

TextTable::TextTable(std::vector<TextColumn> columns) : columns_{std::move(columns)} {}

void TextTable::add(std::span<const std::string> cells) {
  assert(cells.size() == columns_.size());
  for (const std::string& cell : cells) {
    text_ += cell;
    ends_.push_back(text_.size());
  }
}

template <class Take>
void TextTable::for_each_row(Take take) const {
  std::vector<std::string_view> cells;
  cells.reserve(columns_.size());
  for (const TextColumn& column : columns_) cells.emplace_back(column.heading);
  take(cells);
  for (std::size_t cell = 0; cell < ends_.size(); cell += cells.size()) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::size_t start = cell + i == 0 ? 0 : ends_[cell + i - 1];
      cells[i] = std::string_view{text_}.substr(start, ends_[cell + i] - start);
    }
    take(cells);
  }
}

/// Narrows what may shrink, the widest first, until a line fits or nothing is wider than `least`.
void TextTable::shrink(std::vector<std::size_t>& widths, std::size_t width,
                       std::size_t least) const {
  for (std::size_t length = line_length(widths); length > width; --length) {
    std::size_t widest = widths.size();
    for (std::size_t i = 0; i < widths.size(); ++i) {
      if (!columns_[i].may_shrink || widths[i] <= least) continue;
      if (widest == widths.size() || widths[i] > widths[widest]) widest = i;
    }
    if (widest == widths.size()) return;
    --widths[widest];
  }
}

std::vector<std::size_t> TextTable::fitted(std::size_t width) const {
  std::vector<std::size_t> natural(columns_.size());
  for_each_row([&natural](std::span<const std::string_view> row) {
    for (std::size_t i = 0; i < row.size(); ++i) natural[i] = std::max(natural[i], row[i].size());
  });
  if (width == 0) return natural;
  const auto last = std::find_if(columns_.rbegin(), columns_.rend(),
                                 [](const TextColumn& column) { return column.may_shrink; });
  const auto needed = std::max<std::size_t>(1, static_cast<std::size_t>(columns_.rend() - last));
  std::vector<std::size_t> widths = natural;
  shrink(widths, width, readable);
  while (widths.size() > needed && line_length(widths) > width) {
    widths.assign(natural.begin(),
                  natural.begin() + static_cast<std::ptrdiff_t>(widths.size() - 1));
    shrink(widths, width, readable);
  }
  shrink(widths, width, narrowest);
  while (widths.size() > 1 && line_length(widths) > width) widths.pop_back();
  widths[0] = std::min(widths[0], width);
  return widths;
}

void TextTable::print_row(std::string& out, std::span<const std::string_view> cells,
                          const std::vector<std::size_t>& widths) const {
  for (std::size_t i = 0; i < widths.size(); ++i) {
    const std::string cell = cut(cells[i], widths[i]);
    const std::size_t padding = widths[i] - cell.size();
    if (i != 0) out.append(gap, ' ');
    if (columns_[i].align == TextColumn::Align::right) out.append(padding, ' ');
    out += cell;
    if (columns_[i].align == TextColumn::Align::left) out.append(padding, ' ');
  }
  out.resize(out.find_last_not_of(' ') + 1);
  out += '\n';
}

void TextTable::print(std::string& out, std::size_t width) const {
  print([&out](std::string_view block) { out += block; }, width);
}

void TextTable::print(const Output& output, std::size_t width) const {
  constexpr std::size_t block = std::size_t{1} << 16;
  const std::vector<std::size_t> widths = fitted(width);
  std::string text;
  for_each_row([&](std::span<const std::string_view> row) {
    print_row(text, row, widths);
    if (text.size() < block) return;
    output(text);
    text.clear();
  });
  output(text);
}

}  // namespace weir::record
