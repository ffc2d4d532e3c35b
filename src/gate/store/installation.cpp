// Changes of what is installed, which are root's: install, upgrade, uninstall, settings.
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "gate/store/origin.h"
#include "gate/store/product_state.h"
#include "gate/store/state_change.h"
#include "gate/store/stored_driver.h"
#include "weir/error.h"
#include "weir/gate/driver_store.h"

namespace weir::gate {
namespace {

void require_root(const std::string& folder) {
  if (!DriverStore::may_change()) throw SystemError{EPERM, "change the drivers in " + folder};
}

void require_idle(const StateFolder& folder, const std::string& product) {
  if (is_locked(folder, running_name)) throw SystemError{EBUSY, "a gate of " + product + " runs"};
}

/// Nothing also where it is damaged; what another version of weir wrote is not overwritten.
std::optional<Manifest> whole_manifest(const StateFolder& folder) {
  try {
    return read_manifest(folder);
  } catch (const FormatError& error) {
    if (error.code() != ErrorCode::damaged) throw;
    return std::nullopt;
  }
}

std::optional<DriverSettings> whole_settings(const StateFolder& folder, std::uint64_t number) {
  try {
    return read_settings(folder, number);
  } catch (const FormatError& error) {
    if (error.code() != ErrorCode::damaged) throw;
    return std::nullopt;
  }
}

void keep_newest(std::vector<DriverVersion>& versions, std::size_t count) {
  if (versions.size() <= count) return;
  versions.erase(versions.begin(), versions.end() - static_cast<std::ptrdiff_t>(count));
}

void remove_versions(std::vector<DriverVersion>& versions, VersionsToRemove which) {
  switch (which) {
    case VersionsToRemove::previous:
      return keep_newest(versions, 1);
    case VersionsToRemove::current:
      return versions.pop_back();
    case VersionsToRemove::all:
      return versions.clear();
  }
}

void put_in_force(const StateChange& change, const std::string& product,
                  const DriverSettings& settings) {
  check_settings(settings);
  const StateFolder folder = open_product(change.folder(), product);
  Manifest manifest = require_manifest(folder, product);
  manifest.settings = StateChange::write_settings(folder, manifest, settings);
  StateChange::commit(folder, manifest);
}

}  // namespace

bool DriverStore::may_change() noexcept { return ::geteuid() == 0; }

void DriverStore::install(const std::string& product, const std::string& path,
                          DriverSettings settings, SameVersion same, OlderVersions older) const {
  require_root(folder_);
  check_product(product);
  check_settings(settings);
  for (std::string& controller : settings.controllers) controller = program_path(controller);
  check_settings(settings);
  const std::string origin = absolute_path(path);
  check_origin(origin);
  const Driver driver{origin};

  const StateChange change{StateFolder::make(folder_)};
  const StateFolder folder = change.folder().make_folder(product);
  require_idle(folder, product);
  const std::optional<Manifest> before = whole_manifest(folder);
  Manifest after = before.value_or(Manifest{});
  after.origin = origin;
  const bool is_newest = !before || before->versions.back() <= driver.version();
  if (is_newest) {
    if (same == SameVersion::overwrite || !has_driver(change.folder(), driver.version())) {
      change.write_driver(driver);
    }
    if (!before || before->versions.back() != driver.version()) {
      after.versions.push_back(driver.version());
    }
  }
  keep_newest(after.versions, older == OlderVersions::remove ? 1 : max_versions);
  if (before) {
    const std::optional<DriverSettings> earlier = whole_settings(folder, before->settings);
    if (earlier) settings.logs = earlier->logs;
  }
  after.settings = StateChange::write_settings(folder, before, settings);
  StateChange::commit(folder, after);
}

void DriverStore::uninstall(const std::string& product, const std::string& path,
                            VersionsToRemove which) const {
  require_root(folder_);
  const StateChange change{open_state(folder_, product)};
  const StateFolder folder = open_product(change.folder(), product);
  Manifest manifest = require_manifest(folder, product);
  require_origin(path, manifest.origin);
  require_idle(folder, product);
  const std::size_t count = manifest.versions.size();
  remove_versions(manifest.versions, which);
  if (manifest.versions.size() == count) return;
  if (manifest.versions.empty()) {
    StateChange::commit_removal(folder);
  } else {
    StateChange::commit(folder, manifest);
  }
}

void DriverStore::change(const std::string& product, const DriverSettings& settings) const {
  require_root(folder_);
  const StateChange change{open_state(folder_, product)};
  put_in_force(change, product, settings);
}

DriverSettings DriverStore::amend(const std::string& product,
                                  const std::function<void(DriverSettings&)>& how) const {
  require_root(folder_);
  const StateChange change{open_state(folder_, product)};
  DriverSettings amended = settings(product);
  how(amended);
  put_in_force(change, product, amended);
  return amended;
}

}  // namespace weir::gate
