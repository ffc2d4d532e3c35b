// Looks settings up by name, and reads their values.
#include "compat/settings.h"

#include <algorithm>
#include <charconv>

#include "weir/error.h"
#include "weir/version.h"

namespace weir::compat {
namespace {

constexpr char lower(char character) noexcept {
  return character >= 'A' && character <= 'Z' ? static_cast<char>(character - 'A' + 'a')
                                              : character;
}

bool is_same(std::string_view a, std::string_view b) noexcept {
  return std::ranges::equal(a, b, {}, lower, lower);
}

[[noreturn]] void refuse(std::string_view name, std::string_view value, const std::string& wants) {
  throw Error{ErrorCode::invalid_argument,
              "config " + std::string{name} + "=" + std::string{value} + ": it takes " + wants};
}

}  // namespace

std::string configure(const std::vector<Setting>& settings, std::string_view text) {
  const std::size_t equals = text.find('=');
  const std::string_view name = text.substr(0, equals);
  const auto found = std::ranges::find_if(
      settings, [&](const Setting& setting) { return is_same(setting.name, name); });
  if (found == settings.end()) {
    std::string known;
    for (const Setting& setting : settings) known += ' ' + std::string{setting.name};
    throw Error{ErrorCode::invalid_argument,
                "config: no setting " + std::string{name} + "; there are" + known};
  }
  if (equals == std::string_view::npos) return found->read();
  if (!found->set) {
    throw Error{ErrorCode::invalid_argument,
                "config: " + std::string{found->name} + " can only be read"};
  }
  found->set(text.substr(equals + 1));
  return found->read();
}

bool boolean_setting(std::string_view name, std::string_view value) {
  for (const std::string_view yes : {"true", "1", "yes"}) {
    if (is_same(value, yes)) return true;
  }
  for (const std::string_view no : {"false", "0", "no"}) {
    if (is_same(value, no)) return false;
  }
  refuse(name, value, "True, False, 1, 0, Yes or No");
}

std::int64_t number_setting(std::string_view name, std::string_view value, std::int64_t least,
                            std::int64_t most) {
  std::int64_t number = 0;
  const char* const end = value.data() + value.size();
  const auto [rest, problem] = std::from_chars(value.data(), end, number);
  if (problem != std::errc{} || rest != end || number < least || number > most) {
    refuse(name, value, "a number from " + std::to_string(least) + " to " + std::to_string(most));
  }
  return number;
}

std::string setting_text(bool value) { return value ? "True" : "False"; }

std::string build_setting() { return std::string{"weir "} + version; }

std::string license_setting() {
  return "Product: weir\nProduct Key: none\nLicense Source: LICENSE\nLicense Type: BSD-3-Clause";
}

}  // namespace weir::compat
