// References are found by reading all manifests: there is no count that could be wrong.
#include "gate/store/sweep.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>

#include "gate/store/file_lock.h"
#include "gate/store/product_state.h"
#include "weir/error.h"

namespace weir::gate {
namespace {

bool is_unfinished(std::string_view name) { return name.ends_with(unfinished_suffix); }

void remove_unfinished(const StateFolder& folder) {
  for (const std::string& name : folder.names()) {
    if (is_unfinished(name)) folder.remove(name);
  }
}

/// Whether a file of a product is of use to it.
bool is_used(const std::string& name, const std::optional<Manifest>& manifest) {
  if (manifest && name == running_name) return true;
  if (settings_number(name)) return manifest && name == settings_name(manifest->settings);
  return name != running_name;
}

/// Adds the drivers a product uses to `used`.
void sweep_product(const StateFolder& folder, const std::string& name,
                   std::set<std::string>& used) {
  const std::optional<StateFolder> product = folder.folder(name);
  if (!product) return;
  remove_unfinished(*product);
  const std::optional<Manifest> manifest = read_manifest(*product);
  // Somebody removed the manifest under a gate.
  if (!manifest && is_locked(*product, running_name)) return;
  for (const std::string& file : product->names()) {
    if (!is_used(file, manifest)) product->remove(file);
  }
  if (!manifest) return folder.remove_folder(name);
  for (const DriverVersion& version : manifest->versions) used.insert(driver_name(version));
}

/// `knows_all`: `used` has the drivers of all products.
void sweep_drivers(const StateFolder& folder, const std::set<std::string>& used, bool knows_all) {
  const std::optional<StateFolder> drivers = folder.folder(std::string{drivers_name});
  if (!drivers) return;
  remove_unfinished(*drivers);
  if (!knows_all) return;
  for (const std::string& name : drivers->names()) {
    if (!used.contains(name)) drivers->remove(name);
  }
}

}  // namespace

void sweep(const StateFolder& folder) noexcept {
  try {
    std::set<std::string> used;
    bool knows_all = true;
    for (const std::string& name : folder.names()) {
      if (!is_product(name)) continue;
      try {
        sweep_product(folder, name, used);
      } catch (const Error&) {
        knows_all = false;  // it may use any driver
      }
    }
    sweep_drivers(folder, used, knows_all);
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): the next change will do
  }
}

}  // namespace weir::gate
