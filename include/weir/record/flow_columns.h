// Fills columns with the fields of flows.
#pragma once

#include <memory>

#include "weir/api.h"
#include "weir/record/column_data.h"
#include "weir/record/flow_row.h"

namespace weir::record {

/// Every field of flow_row_fields() as a column, a row a flow. Movable; one thread at a time.
class WEIR_API FlowColumns {
 public:
  /// `memory`, that of all values, outlives this and all it hands out.
  explicit FlowColumns(Memory& memory = Memory::heap());
  FlowColumns(FlowColumns&&) noexcept;
  FlowColumns& operator=(FlowColumns&&) noexcept;
  ~FlowColumns();

  /// Throws std::bad_alloc; then the row is not there.
  void add(const FlowRow& row);
  [[nodiscard]] std::size_t rows() const noexcept;
  /// As ColumnReader::take().
  [[nodiscard]] ColumnBatch take();

 private:
  struct WEIR_PRIVATE State;
  std::unique_ptr<State> state_;
};

}  // namespace weir::record
