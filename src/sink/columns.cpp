// Cells laid out in columns.
#include "sink/columns.h"

#include <algorithm>
#include <cassert>
#include <numeric>

namespace weir::sink {
namespace {

constexpr std::size_t gap = 2;
constexpr std::size_t narrowest = 9;
// Holds most of an IPv4 endpoint, and both ends of one of IPv6.
constexpr std::size_t readable = 18;

std::size_t line_length(const std::vector<std::size_t>& widths) {
  return std::accumulate(widths.begin(), widths.end(), gap * (widths.size() - 1));
}

// Keeps both ends: the port of an endpoint is at its end.
std::string cut(const std::string& cell, std::size_t width) {
  if (cell.size() <= width) return cell;
  if (width <= 4) return cell.substr(0, width);
  const std::size_t tail = (width - 2) / 2;
  return cell.substr(0, width - 2 - tail) + ".." + cell.substr(cell.size() - tail);
}

}  // namespace

Columns::Columns(std::vector<Column> columns) : columns_{std::move(columns)} {}

void Columns::add(std::vector<std::string> cells) {
  assert(cells.size() == columns_.size());
  rows_.push_back(std::move(cells));
}

/// Narrows what may shrink, the widest first, until a line fits or nothing is wider than `least`.
void Columns::shrink(std::vector<std::size_t>& widths, std::size_t width, std::size_t least) const {
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

std::vector<std::size_t> Columns::fitted(std::size_t width) const {
  std::vector<std::size_t> natural;
  natural.reserve(columns_.size());
  for (const Column& column : columns_) natural.push_back(column.heading.size());
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) natural[i] = std::max(natural[i], row[i].size());
  }
  if (width == 0) return natural;
  const auto last = std::find_if(columns_.rbegin(), columns_.rend(),
                                 [](const Column& column) { return column.may_shrink; });
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

void Columns::print_row(std::string& out, const std::vector<std::string>& cells,
                        const std::vector<std::size_t>& widths) const {
  for (std::size_t i = 0; i < widths.size(); ++i) {
    const std::string cell = cut(cells[i], widths[i]);
    const std::size_t padding = widths[i] - cell.size();
    if (i != 0) out.append(gap, ' ');
    if (columns_[i].align == Column::Align::right) out.append(padding, ' ');
    out += cell;
    if (columns_[i].align == Column::Align::left) out.append(padding, ' ');
  }
  out.resize(out.find_last_not_of(' ') + 1);
  out += '\n';
}

void Columns::print(std::string& out, std::size_t width) const {
  const std::vector<std::size_t> widths = fitted(width);
  std::vector<std::string> headings;
  headings.reserve(columns_.size());
  for (const Column& column : columns_) headings.push_back(column.heading);
  print_row(out, headings, widths);
  for (const auto& row : rows_) print_row(out, row, widths);
}

}  // namespace weir::sink
