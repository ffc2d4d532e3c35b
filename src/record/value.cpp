// Compares values.
#include "weir/record/value.h"

#include <algorithm>

namespace weir::record {

ValueVisitor::~ValueVisitor() = default;

bool Value::operator==(const Value& other) const noexcept {
  const auto* const bytes = std::get_if<Bytes>(&content_);
  const auto* const others = std::get_if<Bytes>(&other.content_);
  if (bytes != nullptr && others != nullptr) {
    return std::equal(bytes->begin(), bytes->end(), others->begin(), others->end());
  }
  return content_.index() == other.content_.index() && bytes == nullptr &&
         std::visit(
             [](const auto& a, const auto& b) {
               if constexpr (requires { a == b; } && std::is_same_v<decltype(a), decltype(b)>) {
                 return a == b;
               } else {
                 return false;
               }
             },
             content_, other.content_);
}

}  // namespace weir::record
