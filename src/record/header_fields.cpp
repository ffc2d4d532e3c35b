// Finds formats of headers to be written, and their fields by name.
#include "weir/record/header_fields.h"

#include <algorithm>
#include <array>
#include <vector>

#include "record/settable_field.h"

namespace weir::record {

std::string_view name(FieldError error) noexcept {
  switch (error) {
    case FieldError::unknown_name:
      return "unknown_name";
    case FieldError::wrong_kind:
      return "wrong_kind";
    case FieldError::out_of_range:
      return "out_of_range";
    case FieldError::not_left_open:
      return "not_left_open";
  }
  return "";
}

const SettableField* FieldsFormat::find(std::string_view field) const noexcept {
  const auto found = std::ranges::find_if(fields, [field](const SettableField& one) {
    const std::string_view known = one.description.name;
    return known == field || (!field.empty() && short_name(known) == field);
  });
  return found == fields.end() ? nullptr : &*found;
}

std::span<const FieldsFormat> fields_formats() {
  static const std::vector<FieldsFormat> all = [] {
    std::vector<FieldsFormat> formats;
    for (const auto group : {link_formats(), tag_formats(), network_formats(), transport_formats(),
                             tunnel_formats(), application_formats(), capture_formats()}) {
      formats.insert(formats.end(), group.begin(), group.end());
    }
    return formats;
  }();
  return all;
}

const FieldsFormat* format_of(const wire::AnyFields& header) {
  static const auto by_index = [] {
    std::array<const FieldsFormat*, std::variant_size_v<wire::FieldsVariant>> formats{};
    for (const FieldsFormat& format : fields_formats()) formats[format.defaults.index()] = &format;
    return formats;
  }();
  return by_index[header.index()];
}

std::expected<Value, FieldError> value_of(const wire::AnyFields& header, std::string_view field) {
  const FieldsFormat* const format = format_of(header);
  const SettableField* const found = format == nullptr ? nullptr : format->find(field);
  if (found == nullptr) return std::unexpected{FieldError::unknown_name};
  return found->read(header);
}

std::expected<void, FieldError> set(wire::AnyFields& header, std::string_view field,
                                    const Value& value) {
  const FieldsFormat* const format = format_of(header);
  const SettableField* const found = format == nullptr ? nullptr : format->find(field);
  if (found == nullptr) return std::unexpected{FieldError::unknown_name};
  if (const auto error = found->set(header, value)) return std::unexpected{*error};
  return {};
}

}  // namespace weir::record
