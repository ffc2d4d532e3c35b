// Names and readers of a product's files.
#include "gate/store/product_state.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <utility>

#include "gate/store/state_text.h"
#include "weir/error.h"

namespace weir::gate {
namespace {

constexpr std::string_view settings_prefix = "settings.";
constexpr std::size_t max_product_name = 128;

bool is_product_character(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         std::string_view{"-{}"}.contains(c);
}

/// Of a product that is installed.
template <class Part>
Part required(std::optional<Part> part, const std::string& product) {
  if (part) return std::move(*part);
  throw SystemError{ErrorCode::not_found, ENOENT, "no driver is installed for " + product};
}

}  // namespace

std::string settings_name(std::uint64_t number) {
  return std::string{settings_prefix} + std::to_string(number);
}

std::optional<std::uint64_t> settings_number(std::string_view name) noexcept {
  if (!name.starts_with(settings_prefix)) return std::nullopt;
  name.remove_prefix(settings_prefix.size());
  std::uint64_t number = 0;
  const auto [end, problem] = std::from_chars(name.begin(), name.end(), number);
  const bool is_number = problem == std::errc{} && end == name.end();
  if (!is_number || number >= max_settings_number) return std::nullopt;
  return number;
}

std::string driver_name(const DriverVersion& version) { return text_of(version) + ".cab"; }

bool is_product(std::string_view name) noexcept {
  return !name.empty() && name.size() <= max_product_name &&
         std::ranges::all_of(name, is_product_character) && name != drivers_name &&
         name != lock_name;
}

void check_product(const std::string& name) {
  if (is_product(name)) return;
  throw Error{ErrorCode::invalid_argument, "not the name of a product: " + name};
}

StateFolder open_state(const std::string& path, const std::string& product) {
  check_product(product);
  return required(StateFolder::open(path), product);
}

StateFolder open_product(const StateFolder& state, const std::string& product) {
  return required(state.folder(product), product);
}

Manifest require_manifest(const StateFolder& folder, const std::string& product) {
  return required(read_manifest(folder), product);
}

std::optional<Manifest> read_manifest(const StateFolder& product) {
  const auto text = product.read(manifest_name, max_state_text);
  if (!text) return std::nullopt;
  return parse_manifest(*text, product.path(manifest_name));
}

std::optional<DriverSettings> read_settings(const StateFolder& product, std::uint64_t number) {
  const std::string name = settings_name(number);
  const auto text = product.read(name, max_state_text);
  if (!text) return std::nullopt;
  return parse_settings(*text, product.path(name));
}

}  // namespace weir::gate
