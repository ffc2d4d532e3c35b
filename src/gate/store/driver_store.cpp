// What is installed, as anybody may ask it.
#include "weir/gate/driver_store.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include "gate/store/file_lock.h"
#include "gate/store/origin.h"
#include "gate/store/product_state.h"
#include "gate/store/stored_driver.h"
#include "weir/error.h"

namespace weir::gate {
namespace {

/// A link at the end would be followed if a slash came behind it.
std::string without_slashes(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

bool has_manifest(const StateFolder& state, const std::string& product) {
  try {
    const std::optional<StateFolder> folder = state.folder(product);
    return folder && folder->has(manifest_name);
  } catch (const Error&) {
    return true;  // find() says what is wrong with it
  }
}

/// Reads what a manifest refers to; where that is not there, a change may have come between, and
/// the manifest is another one. Nothing if it is the same.
template <class Read>
auto read_consistently(const StateFolder& folder, Manifest manifest, const std::string& product,
                       Read read) -> decltype(read(manifest)) {
  while (true) {
    auto found = read(manifest);
    if (found) return found;
    Manifest now = require_manifest(folder, product);
    if (now == manifest) return std::nullopt;
    manifest = std::move(now);
  }
}

}  // namespace

std::string DriverStore::default_folder() {
  const char* const folder = ::secure_getenv("WEIR_STATE");
  return folder != nullptr && *folder != '\0' ? folder : "/var/lib/weir";
}

DriverStore::DriverStore(std::string folder) : folder_{without_slashes(std::move(folder))} {}

std::vector<std::string> DriverStore::products() const {
  std::vector<std::string> products;
  const std::optional<StateFolder> state = StateFolder::open(folder_);
  if (!state) return products;
  for (std::string& name : state->names()) {
    if (is_product(name) && has_manifest(*state, name)) products.push_back(std::move(name));
  }
  return products;
}

std::optional<InstalledDriver> DriverStore::find(const std::string& product) const {
  check_product(product);
  const std::optional<StateFolder> state = StateFolder::open(folder_);
  const std::optional<StateFolder> folder = state ? state->folder(product) : std::nullopt;
  std::optional<Manifest> manifest = folder ? read_manifest(*folder) : std::nullopt;
  if (!manifest) return std::nullopt;
  return InstalledDriver{std::move(manifest->versions), std::move(manifest->origin)};
}

bool DriverStore::is_running(const std::string& product) const {
  check_product(product);
  const std::optional<StateFolder> state = StateFolder::open(folder_);
  const std::optional<StateFolder> folder = state ? state->folder(product) : std::nullopt;
  return folder && is_locked(*folder, running_name);
}

Driver DriverStore::load(const std::string& product) const {
  const StateFolder state = open_state(folder_, product);
  const StateFolder folder = open_product(state, product);
  Manifest used = require_manifest(folder, product);
  std::optional<Driver> driver =
      read_consistently(folder, used, product, [&](const Manifest& manifest) {
        used = manifest;
        return read_driver(state, manifest.versions.back());
      });
  if (!driver) {
    const std::string name = driver_name(used.versions.back());
    throw SystemError{ENOENT, state.path(std::string{drivers_name} + '/' + name)};
  }
  require_file(used.origin);
  return std::move(*driver);
}

DriverSettings DriverStore::settings(const std::string& product) const {
  const StateFolder folder = open_product(open_state(folder_, product), product);
  std::string name;
  std::optional<DriverSettings> settings = read_consistently(
      folder, require_manifest(folder, product), product, [&](const Manifest& manifest) {
        name = settings_name(manifest.settings);
        return read_settings(folder, manifest.settings);
      });
  if (settings) return std::move(*settings);
  throw FormatError{ErrorCode::damaged, 0,
                    folder.path(name) + ": is missing: install the driver again"};
}

std::shared_ptr<void> DriverStore::run(const std::string& product) const {
  const StateFolder state = open_state(folder_, product);
  // No change takes the folder away meanwhile.
  const FileLock alone{state.open_lock(lock_name, true), FileLock::Wait::yes,
                       state.path(lock_name)};
  const StateFolder folder = open_product(state, product);
  (void)require_manifest(folder, product);
  try {
    return std::make_shared<FileLock>(folder.open_lock(running_name, true), FileLock::Wait::no,
                                      folder.path(running_name));
  } catch (const SystemError& error) {
    if (error.system_code().value() != EBUSY) throw;
    throw SystemError{EBUSY, "a gate of " + product + " runs"};
  }
}

bool DriverStore::is_allowed(const std::vector<std::string>& controllers) {
  if (controllers.empty()) return true;
  constexpr const char* own = "/proc/self/exe";
  std::error_code problem;
  const std::filesystem::path path = std::filesystem::read_symlink(own, problem);
  struct stat program{};
  if (problem || ::stat(own, &program) != 0) return false;
  for (const std::string& controller : controllers) {
    struct stat named{};
    // Of a program that was removed, or replaced, the name is another file's, or nobody's.
    if (controller == path && ::stat(controller.c_str(), &named) == 0 &&
        named.st_dev == program.st_dev && named.st_ino == program.st_ino) {
      return true;
    }
  }
  return false;
}

}  // namespace weir::gate
