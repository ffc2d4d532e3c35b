// Goes through the fields of one flow after another.
#include "weir/record/flow_columns.h"

#include "record/column/filled_column.h"

namespace weir::record {

struct FlowColumns::State {
  explicit State(Memory& its_memory);

  Memory& memory;
  std::vector<FieldPlace> places;
  std::vector<FilledColumn> columns;
  std::vector<Mark> marks;
  std::string scratch;
  Rfc3339 times;
  std::size_t rows = 0;

  void append(std::size_t index, const FlowRow& row);
};

FlowColumns::State::State(Memory& its_memory) : memory{its_memory} {
  for (const FieldDescription& field : flow_row_fields()) places.push_back({.description = field});
  for (const FieldPlace& place : places) {
    FilledColumn& column = columns.emplace_back(
        FilledColumn{.name = std::string{place.description.name}, .place = &place});
    column.data = column.fresh(memory);
  }
  marks.resize(columns.size());
}

void FlowColumns::State::append(std::size_t index, const FlowRow& row) {
  FilledColumn& column = columns[index];
  const TableColumn table{.place = *column.place,
                          .data = column.data,
                          .words = column.words,
                          .headers = nullptr,
                          .scratch = scratch,
                          .times = times};
  const Value value = read_one(
      table, row, [index](const FlowRow& from) { return from.value(index); },
      [index](ValueVisitor& to, const FlowRow& from) { from.visit(index, to); });
  append_value(table, value);
  column.add_rows(1, value.has_value() ? 1 : 0);
}

FlowColumns::FlowColumns(Memory& memory) : state_{std::make_unique<State>(memory)} {}
FlowColumns::FlowColumns(FlowColumns&&) noexcept = default;
FlowColumns& FlowColumns::operator=(FlowColumns&&) noexcept = default;
FlowColumns::~FlowColumns() = default;

void FlowColumns::add(const FlowRow& row) {
  auto& [memory, places, columns, marks, scratch, times, rows] = *state_;
  for (std::size_t i = 0; i < columns.size(); ++i) marks[i] = Mark::of(columns[i].data);
  try {
    for (std::size_t i = 0; i < columns.size(); ++i) state_->append(i, row);
  } catch (...) {
    for (std::size_t i = 0; i < columns.size(); ++i) marks[i].cut(columns[i].data);
    throw;
  }
  ++rows;
}

std::size_t FlowColumns::rows() const noexcept { return state_->rows; }

ColumnBatch FlowColumns::take() {
  ColumnBatch batch = take_rows(state_->columns, state_->rows, state_->memory);
  state_->rows = 0;
  return batch;
}

}  // namespace weir::record
