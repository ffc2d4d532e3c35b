// Writes values as JSON does.
#include "record/json_record.h"

namespace weir::record {

void JsonVisitor::member(std::string_view name, const Value& content) {
  if (const auto* const number = std::get_if<std::uint64_t>(&content.content())) {
    return json_.member(name, *number);
  }
  key(name);
  value(content);
}

void JsonVisitor::value(const Value& value) {
  std::visit(
      [this]<class T>(const T& content) {
        if constexpr (std::is_same_v<T, Timestamp>) {
          json_.value(content, times_);
        } else if constexpr (!std::is_same_v<T, std::monostate>) {
          json_.value(content);
        }
      },
      value.content());
}

}  // namespace weir::record
