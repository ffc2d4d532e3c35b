// The fields of an info record.
#pragma once

#include <span>

#include "sink/record_field.h"
#include "weir/sink/capture_summary.h"

namespace weir::sink {

[[nodiscard]] std::span<const RecordField<CaptureSummary>> capture_record_fields() noexcept;

/// "little", "big".
[[nodiscard]] const char* byte_order_word(savefile::ByteOrder order) noexcept;

}  // namespace weir::sink
