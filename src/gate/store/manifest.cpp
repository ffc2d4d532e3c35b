// Manifests and settings as text and back.
#include "gate/store/manifest.h"

#include <algorithm>
#include <functional>

#include "gate/store/state_text.h"
#include "weir/error.h"

namespace weir::gate {
namespace {

constexpr std::size_t max_path = 4096;

bool is_absolute_path(std::string_view path) noexcept {
  return path.starts_with('/') && path.size() < max_path && is_line(path);
}

std::string_view word_of(bool value) noexcept { return value ? "yes" : "no"; }

}  // namespace

std::string text_of(const Manifest& manifest) {
  StateTextWriter text{"manifest"};
  for (const DriverVersion& version : manifest.versions) text.add("version", text_of(version));
  text.add("origin", manifest.origin);
  text.add("settings", std::to_string(manifest.settings));
  return text.take();
}

std::string text_of(const DriverSettings& settings) {
  StateTextWriter text{"settings"};
  text.add("altitude", std::to_string(settings.altitude));
  text.add("checks-rights", word_of(settings.checks_rights));
  text.add("logs", word_of(settings.logs));
  for (const std::string& controller : settings.controllers) text.add("controller", controller);
  return text.take();
}

Manifest parse_manifest(std::string_view text, const std::string& path) {
  StateTextReader from{text, "manifest", path};
  Manifest manifest;
  while (const auto word = from.next("version")) {
    const std::optional<DriverVersion> version = parse_driver_version(*word);
    if (!version || text_of(*version) != *word || manifest.versions.size() == max_versions) {
      from.fail();
    }
    manifest.versions.push_back(*version);
    // Each is newer than the one before.
    if (std::ranges::adjacent_find(manifest.versions, std::greater_equal{}) !=
        manifest.versions.end()) {
      from.fail();
    }
  }
  manifest.origin = from.expect("origin");
  if (manifest.versions.empty() || !is_absolute_path(manifest.origin)) from.fail();
  manifest.settings = from.expect_number<std::uint64_t>("settings");
  if (manifest.settings >= max_settings_number) from.fail();
  from.expect_end();
  return manifest;
}

DriverSettings parse_settings(std::string_view text, const std::string& path) {
  StateTextReader from{text, "settings", path};
  DriverSettings settings;
  settings.altitude = from.expect_number<std::int32_t>("altitude");
  settings.checks_rights = from.expect_bool("checks-rights");
  settings.logs = from.expect_bool("logs");
  while (const auto controller = from.next("controller")) {
    if (!is_absolute_path(*controller) || settings.controllers.size() == max_controllers) {
      from.fail();
    }
    settings.controllers.emplace_back(*controller);
  }
  from.expect_end();
  return settings;
}

void check_origin(const std::string& origin) {
  if (is_absolute_path(origin)) return;
  throw Error{ErrorCode::invalid_argument,
              "a path with a line break, or too long, cannot be installed from"};
}

void check_settings(const DriverSettings& settings) {
  if (settings.controllers.size() > max_controllers) {
    throw Error{ErrorCode::invalid_argument,
                "controllers: at most " + std::to_string(max_controllers)};
  }
  for (const std::string& controller : settings.controllers) {
    if (is_absolute_path(controller)) continue;
    throw Error{ErrorCode::invalid_argument,
                "controllers are absolute paths, not " + controller.substr(0, max_path)};
  }
  if (text_of(settings).size() > max_state_text) {
    throw Error{ErrorCode::invalid_argument,
                "controllers: at most " + std::to_string(max_state_text) + " bytes"};
  }
}

}  // namespace weir::gate
