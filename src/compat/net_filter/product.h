// What is installed for the product that a NetFilter was initialized for.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "weir/gate/driver_store.h"

namespace weir::compat::net_filter {

/// As DriverStore names products. Throws NetFilterError (87) for what is no GUID in registry
/// format.
[[nodiscard]] std::string product_of(const std::string& guid);

/// All throw NetFilterError.
class Product {
 public:
  /// 2 where nothing is installed, 340 where the driver is not for this library.
  explicit Product(const std::string& guid);

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  /// 1314 for whoever may not know. Asked anew each time: another process may have changed it.
  [[nodiscard]] gate::DriverSettings settings() const;
  /// Returns what is there then.
  gate::DriverSettings change(const std::function<void(gate::DriverSettings&)>& how) const;

  /// What a filter runs with.
  struct Run {
    gate::DriverSettings settings{};
    std::shared_ptr<const gate::Driver> driver{};
    /// As long as it lives the product runs.
    std::shared_ptr<void> running{};
  };
  /// 2 where it was taken away since, 5 for a program that is not among the controllers, 170 where
  /// another filter of the product runs.
  [[nodiscard]] Run run() const;

 private:
  gate::DriverStore store_{};
  std::string name_;
};

/// Installs, for NetFilter::install().
void install(const std::string& cab_file_name, const std::string& product_guid, int altitude,
             int flags, const std::string& allowed_controllers);
void uninstall(const std::string& cab_file_name, const std::string& product_guid, int flags);
[[nodiscard]] int driver_status(const std::string& product_guid);
[[nodiscard]] std::int64_t driver_version(const std::string& product_guid);

}  // namespace weir::compat::net_filter
