// The fields of an info record.
#pragma once

#include <span>

#include "record/record_field.h"
#include "weir/info/summary.h"

namespace weir::info {

[[nodiscard]] std::span<const record::RecordField<Summary>> summary_fields() noexcept;

/// "little", "big".
[[nodiscard]] const char* byte_order_word(savefile::ByteOrder order) noexcept;

}  // namespace weir::info
