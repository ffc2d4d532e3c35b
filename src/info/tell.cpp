// The fields of a summary, to whoever visits values.
#include "info/record.h"
#include "weir/info/file_summary.h"

namespace weir::info {
namespace {

/// Holds a key back until it has a value.
class LateKey final : public record::ValueVisitor {
 public:
  LateKey(record::ValueVisitor& to, std::string_view key) noexcept : to_{to}, key_{key} {}

  void begin_array() override { told().begin_array(); }
  void end_array() override { told().end_array(); }
  void begin_object() override { told().begin_object(); }
  void end_object() override { told().end_object(); }
  void key(std::string_view name) override { told().key(name); }
  void value(const record::Value& value) override { told().value(value); }

 private:
  record::ValueVisitor& told() {
    if (!key_.empty()) to_.key(std::exchange(key_, {}));
    return to_;
  }

  record::ValueVisitor& to_;
  std::string_view key_;
};

}  // namespace

void tell(record::ValueVisitor& to, const Summary& summary) {
  to.begin_object();
  for (const record::RecordField<Summary>& field : summary_fields()) {
    if (field.visit != nullptr) {
      LateKey late{to, field.name};
      field.visit(late, summary);
    } else if (const record::Value value = field.read(summary); value.has_value()) {
      to.member(field.name, value);
    }
  }
  to.end_object();
}

}  // namespace weir::info
