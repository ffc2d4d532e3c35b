// What is installed for a product, in words and in JSON.
#pragma once

#include <string>

#include "weir/gate/driver_store.h"

namespace weir::cli {

/// "not present", "stopped" or "running".
[[nodiscard]] std::string status_of(const gate::DriverStore& store, const std::string& product);

/// A line: product, version, status, origin. It has to be installed.
void print_product(const gate::DriverStore& store, const std::string& product);
/// The same as an object of type "driver"; without a version where it is not present.
void print_product_json(const gate::DriverStore& store, const std::string& product);

}  // namespace weir::cli
