// What can be changed in a packet by attribute: how it is set, and in which headers it is read.
#pragma once

#include <array>
#include <span>

#include "weir/record/header_fields.h"
#include "weir/wire/edit.h"

namespace weir::python {

/// Where an attribute stands in a header: some bits of one of its fields.
struct ReadPlace {
  wire::Protocol protocol;
  std::string_view field{};
  unsigned shift = 0;
  std::uint64_t mask = ~std::uint64_t{0};
};

/// One attribute of an editor.
struct EditorAttribute {
  /// Its name, its kind and what it may be.
  record::SettableField field;
  std::span<const ReadPlace> places;
  /// Precondition: a value of the kind and the range.
  wire::Edited (*set)(wire::Editor& editor, const record::Value& value, wire::Which which) noexcept;
};

/// All there are.
[[nodiscard]] std::span<const EditorAttribute> editor_attributes() noexcept;

}  // namespace weir::python
