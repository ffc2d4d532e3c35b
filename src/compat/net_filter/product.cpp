// Products as the published face has them, over the drivers that are installed.
#include "compat/net_filter/product.h"

#include <algorithm>
#include <utility>

#include "compat/net_filter/error.h"

namespace weir::compat::net_filter {
namespace {

using gate::DriverStore;

[[noreturn]] void refuse_argument(const std::string& why) {
  refuse(NetFilter::ERROR_INVALID_PARAMETER, why);
}

/// One a line, which may end as on Windows; blank ones are left out.
std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string line = text.substr(at, end - at);
    if (line.ends_with('\r')) line.pop_back();
    if (!line.empty()) lines.push_back(std::move(line));
    at = end + 1;
  }
  return lines;
}

/// Before arguments are looked at.
void expect_root(const char* call) {
  if (!DriverStore::may_change()) {
    refuse(NetFilter::ERROR_PRIVILEGE_NOT_HELD, std::string{call} + " is for root only");
  }
}

void check_flags(const char* call, int flags, int known) {
  if ((flags & ~known) != 0) {
    refuse_argument(std::string{call} + ": there is no flag " + std::to_string(flags & ~known));
  }
}

/// The newest that is installed; its absence as 2.
gate::InstalledDriver installed(const DriverStore& store, const std::string& product) {
  auto found = with_codes([&] { return store.find(product); });
  if (!found) {
    refuse(NetFilter::ERROR_FILE_NOT_FOUND,
           product + ": nothing is installed under this GUID: install() first");
  }
  return *std::move(found);
}

[[noreturn]] void refuse_driver(const std::string& product, const gate::DriverVersion& version) {
  refuse(NetFilter::ERROR_INVALID_KERNEL_INFO_VERSION,
         product + ": the driver " + text_of(version) +
             " that is installed is not for this library: install() its own");
}

gate::Driver usable_driver(const DriverStore& store, const std::string& product) {
  gate::Driver driver = with_codes([&] { return store.load(product); });
  if (!driver.is_usable()) refuse_driver(product, driver.version());
  return driver;
}

}  // namespace

std::string product_of(const std::string& guid) {
  const auto product = gate::parse_product_guid(guid);
  if (!product) {
    refuse_argument("\"" + guid +
                    "\": a GUID is written {8-4-4-4-12 hexadecimal digits}, with its braces");
  }
  return *product;
}

Product::Product(const std::string& guid) : name_{product_of(guid)} {
  const gate::InstalledDriver found = installed(store_, name_);
  try {
    static_cast<void>(usable_driver(store_, name_));
  } catch (const NetFilterError& error) {
    // Who may not read the driver may know its version.
    if (error.win32_code() == NetFilter::ERROR_PRIVILEGE_NOT_HELD &&
        found.versions.back() < gate::Driver{}.version()) {
      refuse_driver(name_, found.versions.back());
    }
    // Taken away behind its back, or not for everybody to read: start_filter() tells.
    if (error.win32_code() != NetFilter::ERROR_FILE_NOT_FOUND &&
        error.win32_code() != NetFilter::ERROR_PRIVILEGE_NOT_HELD) {
      throw;
    }
  }
}

gate::DriverSettings Product::settings() const {
  return with_codes([&] { return store_.settings(name_); });
}

gate::DriverSettings Product::change(const std::function<void(gate::DriverSettings&)>& how) const {
  return with_codes([&] { return store_.amend(name_, how); });
}

Product::Run Product::run() const {
  static_cast<void>(installed(store_, name_));
  Run run{.settings = settings(),
          .driver = std::make_shared<const gate::Driver>(usable_driver(store_, name_))};
  if (!DriverStore::is_allowed(run.settings.controllers)) {
    refuse(NetFilter::ERROR_ACCESS_DENIED,
           name_ + ": this program is not among those that may start a filter");
  }
  run.running = with_codes([&] { return store_.run(name_); });
  return run;
}

void install(const std::string& cab_file_name, const std::string& product_guid, int altitude,
             int flags, const std::string& allowed_controllers) {
  expect_root("install");
  check_flags("install", flags,
              NetFilter::INSTALL_REMOVE_OLD_VERSIONS | NetFilter::INSTALL_KEEP_START_TYPE |
                  NetFilter::INSTALL_OVERWRITE_SAME_VERSION |
                  NetFilter::INSTALL_FORCE_APP_PERMISSION_CHECK);
  const auto is_set = [flags](int flag) { return (flags & flag) != 0; };
  with_codes([&] {
    DriverStore{}.install(
        product_of(product_guid), cab_file_name,
        {.altitude = altitude,
         .checks_rights = is_set(NetFilter::INSTALL_FORCE_APP_PERMISSION_CHECK),
         .controllers = lines_of(allowed_controllers)},
        is_set(NetFilter::INSTALL_OVERWRITE_SAME_VERSION) ? gate::SameVersion::overwrite
                                                          : gate::SameVersion::keep,
        is_set(NetFilter::INSTALL_REMOVE_OLD_VERSIONS) ? gate::OlderVersions::remove
                                                       : gate::OlderVersions::keep);
  });
}

void uninstall(const std::string& cab_file_name, const std::string& product_guid, int flags) {
  expect_root("uninstall");
  check_flags("uninstall", flags, NetFilter::UNINSTALL_VERSION_ALL);
  if (flags == 0) refuse_argument("uninstall: flags say which versions, and there is none");
  using enum gate::VersionsToRemove;
  constexpr gate::VersionsToRemove which[] = {previous, current, all};
  with_codes(
      [&] { DriverStore{}.uninstall(product_of(product_guid), cab_file_name, which[flags - 1]); });
}

int driver_status(const std::string& product_guid) {
  const DriverStore store;
  const std::string product = product_of(product_guid);
  return with_codes([&] {
    if (!store.find(product)) return NetFilter::MODULE_STATUS_NOT_PRESENT;
    return store.is_running(product) ? NetFilter::MODULE_STATUS_RUNNING
                                     : NetFilter::MODULE_STATUS_STOPPED;
  });
}

std::int64_t driver_version(const std::string& product_guid) {
  const auto found = with_codes([&] { return DriverStore{}.find(product_of(product_guid)); });
  return found ? static_cast<std::int64_t>(packed(found->versions.back())) : 0;
}

}  // namespace weir::compat::net_filter
