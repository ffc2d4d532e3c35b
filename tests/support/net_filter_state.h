// What NetFilter has installed, in a folder of a test's own, and the codes it refuses with.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>

#include "support/temporary_folder.h"
#include "weir/compat/net_filter.h"
#include "weir/gate/driver.h"

namespace weir::test {

inline const std::string guid = "{1FAD0EF2-9A03-4B87-B4BC-645B7035ED90}";
inline const std::string other_guid = "{2FAD0EF2-9A03-4B87-B4BC-645B7035ED90}";

/// While it lives, this process installs there (WEIR_STATE). Changes are root's.
class NetFilterState {
 public:
  NetFilterState() { ::setenv("WEIR_STATE", folder().c_str(), 1); }
  NetFilterState(const NetFilterState&) = delete;
  NetFilterState& operator=(const NetFilterState&) = delete;
  ~NetFilterState() { ::unsetenv("WEIR_STATE"); }

  [[nodiscard]] std::string folder() const { return path("state"); }
  [[nodiscard]] std::string path(const std::string& name) const { return files_.path(name); }
  /// The path of a bundle of that version.
  [[nodiscard]] std::string cab(const gate::DriverVersion& version = {1, 0, 0, 0}) const {
    std::string file = path(text_of(version) + ".cab");
    if (!std::filesystem::exists(file)) gate::Driver{}.with_version(version).write(file);
    return file;
  }

  struct Choices {
    gate::DriverVersion version{1, 0, 0, 0};
    std::string product = guid;
    int altitude = 0;
    int flags = 0;
    std::string controllers{};
  };
  void install() const { install(Choices{}); }
  void install(const Choices& choices) const {
    compat::NetFilter{}.install(cab(choices.version), choices.product, choices.altitude,
                                choices.flags, choices.controllers);
  }

 private:
  TemporaryFolder files_;
};

/// The code of the NetFilterError that it throws; 0 if it throws none.
inline int code_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const compat::NetFilterError& error) {
    return error.win32_code();
  }
  return 0;
}

}  // namespace weir::test
