// Records as JSON objects: a loop over their table.
#pragma once

#include "record/json_writer.h"
#include "record/record_field.h"

namespace weir::record {

/// Values as JSON.
class JsonVisitor final : public ValueVisitor {
 public:
  /// Both are borrowed.
  JsonVisitor(JsonWriter& json, Rfc3339& times) noexcept : json_{json}, times_{times} {}

  void begin_array() override { json_.begin_array(); }
  void end_array() override { json_.end_array(); }
  void begin_object() override { json_.begin_object(); }
  void end_object() override { json_.end_object(); }
  void key(std::string_view name) override { json_.key(name); }
  void value(const Value& value) override;
  void member(std::string_view name, const Value& content);

  /// Writes each field that applies as a member of the object that is open.
  template <class Record>
  void write_members(const Record& record,
                     std::type_identity_t<std::span<const RecordField<Record>>> fields) {
    for (const RecordField<Record>& field : fields) {
      if (field.read != nullptr) {
        const Value read = field.read(record);
        if (read.has_value()) member(field.name, read);
      } else {
        write_visited(record, field);
      }
    }
  }

 private:
  /// What tells no value has no key.
  template <class Record>
  void write_visited(const Record& record, const RecordField<Record>& field) {
    const std::size_t before = json_.position();
    json_.key(field.name);
    const std::size_t behind_key = json_.position();
    field.visit(*this, record);
    if (json_.position() == behind_key) json_.take_back(before);
  }

  JsonWriter& json_;
  Rfc3339& times_;
};

}  // namespace weir::record
