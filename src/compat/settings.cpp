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

[[noreturn]] void refuse(const std::string& why) {
  throw Error{ErrorCode::invalid_argument, "config " + why};
}

[[noreturn]] void refuse(std::string_view name, std::string_view value, const std::string& wants) {
  refuse(std::string{name} + "=" + std::string{value} + ": it takes " + wants);
}

bool boolean(std::string_view name, std::string_view text) {
  for (const std::string_view yes : {"true", "1", "yes"}) {
    if (is_same(text, yes)) return true;
  }
  for (const std::string_view no : {"false", "0", "no"}) {
    if (is_same(text, no)) return false;
  }
  refuse(name, text, "True, False, 1, 0, Yes or No");
}

std::int64_t number(std::string_view name, std::string_view text, std::int64_t least,
                    std::int64_t most) {
  std::int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, problem] = std::from_chars(text.data(), end, value);
  if (problem != std::errc{} || rest != end || value < least || value > most) {
    refuse(name, text, "a number from " + std::to_string(least) + " to " + std::to_string(most));
  }
  return value;
}

}  // namespace

std::string configure(const std::vector<Setting>& settings, std::string_view text, bool is_active) {
  const std::size_t equals = text.find('=');
  const std::string name{text.substr(0, equals)};
  const auto found = std::ranges::find_if(
      settings, [&](const Setting& setting) { return is_same(setting.name, name); });
  if (found == settings.end()) {
    std::string known;
    for (const Setting& setting : settings) known += ' ' + std::string{setting.name};
    refuse(name + ": no such setting; there are" + known);
  }
  if (equals == std::string_view::npos) return found->read();
  if (!found->set) refuse(name + ": it can only be read");
  if (is_active) refuse(name + ": it can only change while not active: deactivate() first");
  found->set(text.substr(equals + 1));
  return found->read();
}

Setting number_setting(std::string_view name, std::int64_t& value, std::int64_t least,
                       std::int64_t most) {
  return {name, [&value] { return std::to_string(value); },
          [=, &value](std::string_view text) { value = number(name, text, least, most); }};
}

Setting boolean_setting(std::string_view name, bool& value) {
  return {name, [&value] { return std::string{value ? "True" : "False"}; },
          [=, &value](std::string_view text) { value = boolean(name, text); }};
}

Setting build_setting() {
  return {"BuildInfo", [] { return std::string{"weir "} + version; }};
}

Setting license_setting() {
  return {"LicenseInfo", [] {
            return std::string{
                "Product: weir\nProduct Key: none\nLicense Source: LICENSE\n"
                "License Type: BSD-3-Clause"};
          }};
}

}  // namespace weir::compat
