// Files are written beside what is in force; one rename puts them there.
#include "gate/store/state_change.h"

#include <algorithm>
#include <utility>

#include "gate/store/product_state.h"
#include "gate/store/sweep.h"

namespace weir::gate {
namespace {

std::string unfinished(const std::string& name) { return name + std::string{unfinished_suffix}; }

}  // namespace

StateChange::StateChange(StateFolder folder)
    : folder_{std::move(folder)},
      alone_{folder_.open_lock(lock_name, true), FileLock::Wait::yes, folder_.path(lock_name)} {
  sweep(folder_);
}

StateChange::~StateChange() { sweep(folder_); }

void StateChange::write_driver(const Driver& driver) const {
  const StateFolder drivers = folder_.make_folder(std::string{drivers_name});
  const std::string name = driver_name(driver.version());
  drivers.write(unfinished(name), driver.octets(), private_mode);
  drivers.rename(unfinished(name), name);
  drivers.synchronise();
}

std::uint64_t StateChange::write_settings(const StateFolder& product,
                                          const std::optional<Manifest>& before,
                                          const DriverSettings& settings) {
  std::uint64_t last = before ? before->settings : 0;
  for (const std::string& name : product.names()) {
    last = std::max(last, settings_number(name).value_or(0));
  }
  product.write(settings_name(last + 1), text_of(settings), private_mode);
  return last + 1;
}

void StateChange::commit(const StateFolder& product, const Manifest& manifest) {
  product.write(unfinished(manifest_name), text_of(manifest), public_mode);
  product.synchronise();
  product.rename(unfinished(manifest_name), manifest_name);
  product.synchronise();
}

void StateChange::commit_removal(const StateFolder& product) {
  product.unlink(manifest_name);
  product.synchronise();
}

}  // namespace weir::gate
