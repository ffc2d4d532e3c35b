// A state folder of its own for each test, drivers to install, and children to do it in.
#pragma once

#include <gtest/gtest.h>
#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

#include "support/temporary_folder.h"
#include "weir/gate/driver_store.h"

namespace weir::test {

inline const std::string product = "{1FAD0EF2-9A03-4B87-B4BC-645B7035ED90}";
inline const std::string other_product = "{2FAD0EF2-9A03-4B87-B4BC-645B7035ED90}";
inline constexpr gate::DriverVersion v1{1, 0, 0, 0}, v2{2, 0, 0, 0}, v3{3, 0, 0, 0};

/// Changes are root's: without its rights the tests are skipped.
class DriverStoreTest : public testing::Test {
 protected:
  void SetUp() override;

  /// The path of a driver of that version.
  [[nodiscard]] std::string cab(const gate::DriverVersion& version) const;
  void install(const gate::DriverVersion& version, const std::string& to = product,
               gate::DriverSettings settings = {}) const;
  [[nodiscard]] std::vector<gate::DriverVersion> versions(const std::string& of = product) const;
  /// Paths of all that is in the state folder, with '/' behind folders, in order.
  [[nodiscard]] std::vector<std::string> files() const;
  [[nodiscard]] std::string state(const std::string& name) const {
    return store.folder() + '/' + name;
  }

  TemporaryFolder folder;
  gate::DriverStore store{folder.path("state")};
};

/// What the function returns in a process of its own; empty is well. What it throws is returned
/// too.
std::string in_child(const std::function<std::string()>& function);
/// The same without any rights.
std::string without_rights(const std::function<std::string()>& function);

/// The same with a file system of its own in a folder, which takes no time to fill or bring to the
/// disk and ends with the process. `options` as mount(8) has them for tmpfs: "size=64k".
std::string on_disk(const std::string& folder, const std::string& options,
                    const std::function<std::string()>& function);

/// The errno of the SystemError that it throws; 0 if it throws none.
int system_error_of(const std::function<void()>& function);
/// The code of the Error it throws, and its words; an empty text if it throws none.
struct Refusal {
  ErrorCode code{};
  std::string message{};
};
Refusal refusal_of(const std::function<void()>& function);

std::string content_of(const std::string& path);
void write_file(const std::string& path, const std::string& content);
unsigned mode_of(const std::string& path);

}  // namespace weir::test
