// A field of several integers as text: [10,20] in JSON, 10.20 elsewhere.
#pragma once

#include <cstdint>
#include <utility>

#include "decimal.h"
#include "weir/record/value.h"

namespace weir::sink {

enum class Quotes : bool { none, json };

/// Writes what a list is made of behind what `prefix(to)` writes; nothing where it is told nothing.
/// There must be room for it.
template <Quotes quotes, class Prefix>
class ListWriter final : public record::ValueVisitor {
 public:
  ListWriter(char* to, Prefix prefix) noexcept : to_{to}, prefix_{prefix} {}
  [[nodiscard]] char* end() const noexcept { return to_; }

  void begin_array() override {
    to_ = prefix_(to_);
    if (quotes == Quotes::json) *to_++ = '[';
  }
  void end_array() override {
    if (quotes == Quotes::json) *to_++ = ']';
  }
  void value(const record::Value& value) override {
    if (!std::exchange(is_first_, false)) *to_++ = quotes == Quotes::json ? ',' : '.';
    to_ = write_decimal(to_, std::get<std::uint64_t>(value.content()));
  }
  void begin_object() override {}
  void end_object() override {}
  void key(std::string_view) override {}

 private:
  char* to_;
  Prefix prefix_;
  bool is_first_ = true;
};

}  // namespace weir::sink
