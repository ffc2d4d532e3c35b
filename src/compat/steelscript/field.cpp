// Looking attributes and queries up.
#include "weir/compat/steelscript/field.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace weir::compat::steelscript {

const Field* LayerClass::field(std::string_view attribute) const noexcept {
  const auto found = std::ranges::find(fields, attribute, &Field::name);
  return found == fields.end() ? nullptr : &*found;
}

const Query* LayerClass::query(std::string_view asked) const noexcept {
  const auto found = std::ranges::find(queries, asked, &Query::name);
  return found == queries.end() ? nullptr : &*found;
}

std::string LayerClass::refusal(const void* header, wire::WriteError error) const {
  std::string words = fmt::format("cannot write {}: ", name);
  for (const Field& field : fields) {
    const Value value = field.get(header);
    const auto* const number = std::get_if<std::uint32_t>(&value);
    const auto* const octets = std::get_if<Bytes>(&value);
    if (number != nullptr && field.set != nullptr &&
        (*number < field.least || *number > field.most)) {
      return words + fmt::format("{} is from {} to {}, not {}", field.name, field.least, field.most,
                                 *number);
    }
    if (octets != nullptr && field.most != 0 && octets->size() > field.most) {
      return words +
             fmt::format("{} has up to {} bytes, not {}", field.name, field.most, octets->size());
    }
  }
  if (error == wire::WriteError::too_long && !length_name.empty()) {
    return words + fmt::format("more than {} can tell, up to 65535", length_name);
  }
  return words + (rule.empty() ? wire::name(error) : std::string{rule});
}

std::optional<Slice> payload_slice(std::string_view query, std::string_view protocol) noexcept {
  constexpr std::string_view middle = ".payload.offset[";
  if (!query.starts_with(protocol)) return std::nullopt;
  query.remove_prefix(protocol.size());
  if (!query.starts_with(middle) || !query.ends_with(']')) return std::nullopt;
  query = query.substr(middle.size(), query.size() - middle.size() - 1);
  Slice slice;
  const char* const end = query.data() + query.size();
  const auto [colon, first] = std::from_chars(query.data(), end, slice.from);
  if (first != std::errc{} || colon == end || *colon != ':') return std::nullopt;
  const auto [last, second] = std::from_chars(colon + 1, end, slice.to);
  if (second != std::errc{} || last != end || slice.from >= slice.to) return std::nullopt;
  return slice;
}

std::array<std::uint16_t, 3> l7_candidates(const LayerClass& layer, const void* header) noexcept {
  const auto port = [&](std::string_view name) {
    const Field* const field = layer.field(name);
    const Value value = field != nullptr ? field->get(header) : Value{};
    const auto* const number = std::get_if<std::uint32_t>(&value);
    return static_cast<std::uint16_t>(number != nullptr ? *number : 0);
  };
  return {port("dport"), port("sport"), 0};
}

}  // namespace weir::compat::steelscript
