// The attributes of an object that is a row: one a field, as its table has them.
#pragma once

#include <deque>
#include <span>
#include <string>
#include <vector>

#include "object.h"
#include "weir/record/field.h"

namespace weir::python {

/// Lives as long as the interpreter, since types refer to it.
struct RowProperties {
  /// `read` is given the index of the field.
  RowProperties(std::span<const record::FieldDescription> fields, getter read) {
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const char* const name = texts.emplace_back(fields[i].name).c_str();
      const char* const meaning =
          texts
              .emplace_back(std::string{record::name(fields[i].kind)} + ": " +
                            std::string{fields[i].meaning} + "; None if it does not apply")
              .c_str();
      names.emplace_back(name);
      properties.push_back({name, read, nullptr, meaning, reinterpret_cast<void*>(i)});
    }
  }

  std::vector<std::string> names;
  /// To be ended by an empty one.
  std::vector<PyGetSetDef> properties;
  std::deque<std::string> texts;
};

}  // namespace weir::python
