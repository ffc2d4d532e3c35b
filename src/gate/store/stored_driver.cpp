// Reads a driver back, which has to be what its name says.
#include "gate/store/stored_driver.h"

#include <cstdint>

#include "gate/driver/bundle.h"
#include "gate/store/product_state.h"
#include "weir/error.h"

namespace weir::gate {
namespace {

[[noreturn]] void fail(ErrorCode code, std::uint64_t offset, const std::string& why) {
  throw FormatError{code, offset, why + ": install the driver again"};
}

Driver parse(const std::string& bytes, const std::string& path) {
  try {
    return Driver{{reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}, path};
  } catch (const FormatError& error) {
    fail(error.code(), error.offset(), error.what());
  }
}

}  // namespace

std::optional<Driver> read_driver(const StateFolder& state, const DriverVersion& version) {
  const std::optional<StateFolder> drivers = state.folder(std::string{drivers_name});
  if (!drivers) return std::nullopt;
  const std::string name = driver_name(version);
  const std::optional<std::string> bytes = drivers->read(name, most_bundle_bytes);
  if (!bytes) return std::nullopt;
  const std::string path = drivers->path(name);
  if (bytes->size() > most_bundle_bytes)
    fail(ErrorCode::damaged, most_bundle_bytes, path + ": too long");
  Driver driver = parse(*bytes, path);
  if (driver.version() != version) fail(ErrorCode::damaged, 0, path + ": another version");
  return driver;
}

bool has_driver(const StateFolder& state, const DriverVersion& version) {
  try {
    return read_driver(state, version).has_value();
  } catch (const FormatError&) {
    return false;
  }
}

}  // namespace weir::gate
