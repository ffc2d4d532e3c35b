// Drivers installed on this machine: which product uses which version, and with what settings.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "weir/api.h"
#include "weir/gate/driver.h"

namespace weir::gate {

/// A product's name of the form "{1FAD0EF2-9A03-4B87-B4BC-645B7035ED90}", with digits in any case:
/// the same in upper case. Nothing for anything else.
[[nodiscard]] WEIR_API std::optional<std::string> parse_product_guid(std::string_view text);

/// What is installed for a product. Anybody may know it.
struct InstalledDriver {
  /// Oldest first, at least one; the last one is used.
  std::vector<DriverVersion> versions{};
  /// The file it was installed from, with an absolute path. It has to stay.
  std::string origin{};
};

/// What root has decided about a product; nobody else may read it.
struct DriverSettings {
  std::int32_t altitude = 0;
  /// Only processes with the rights of a gate may change rules.
  bool checks_rights = false;
  /// Whether more than errors is written to the system's log.
  bool logs = false;
  /// Absolute paths of the programs that may start a gate for this product; empty: any.
  std::vector<std::string> controllers{};

  bool operator==(const DriverSettings&) const = default;
};

enum class OlderVersions : std::uint8_t { keep, remove };
/// Whether a version that is there already is written again.
enum class SameVersion : std::uint8_t { keep, overwrite };
/// Which of a product's versions are to go.
enum class VersionsToRemove : std::uint8_t { previous, current, all };

/// A folder with what products have installed:
///
///     /var/lib/weir/drivers/1.0.0.0.cab          a driver, of all products that use that version
///     /var/lib/weir/{GUID}/manifest              0644: versions, origin
///     /var/lib/weir/{GUID}/settings.7            0600: DriverSettings; the manifest names the file
///     /var/lib/weir/{GUID}/running               0600: locked as long as a gate runs
///
/// Folders are root's with mode 0755. What is a link, or somebody else's, is refused. Every change
/// is one rename, behind which all is on the disk: whatever ends the process, the old state or the
/// new one is there. A driver goes with the last product that uses it. Changes of several processes
/// wait for each other. What a process that was killed left half done goes with the next change.
/// A product is a name of letters, digits, '-', '{' and '}', but for "drivers" and "lock".
///
/// Throws SystemError (permission_denied for changes by others than root, not_found for a product
/// that is not installed), FormatError, naming the file and what to do, for a state that is
/// damaged; Error (invalid_argument). A value: const calls from several threads at once.
class WEIR_API DriverStore {
 public:
  /// WEIR_STATE of the environment where that is set (and the process is not set-user-ID),
  /// otherwise /var/lib/weir.
  [[nodiscard]] static std::string default_folder();
  explicit DriverStore(std::string folder = default_folder());

  /// Whether changes are for this process: they are root's.
  [[nodiscard]] static bool may_change() noexcept;

  /// All that is installed, in the order of their names; also what find() says is damaged. Needs no
  /// rights.
  [[nodiscard]] std::vector<std::string> products() const;
  /// Nothing if it is not installed. Needs no rights.
  [[nodiscard]] std::optional<InstalledDriver> find(const std::string& product) const;
  /// Whether a process has a gate of this product. Needs no rights.
  [[nodiscard]] bool is_running(const std::string& product) const;

  /// Installs the driver of a file, or upgrades: one that is older than what is there stays out.
  /// The settings hold in any case, with the programs that links among the controllers lead to now;
  /// DriverSettings::logs of an earlier installation stays. Not while it runs (EBUSY).
  void install(const std::string& product, const std::string& path, DriverSettings settings,
               SameVersion same = SameVersion::keep,
               OlderVersions older = OlderVersions::keep) const;
  /// `path` as it was installed from (another is an invalid_argument): it still has to be there.
  /// Not while it runs (EBUSY).
  void uninstall(const std::string& product, const std::string& path, VersionsToRemove which) const;

  /// The one in use. SystemError (not_found) where the driver, or the file it was installed from,
  /// was taken away.
  [[nodiscard]] Driver load(const std::string& product) const;
  /// SystemError (permission_denied) for whoever may not know.
  [[nodiscard]] DriverSettings settings(const std::string& product) const;
  void change(const std::string& product, const DriverSettings& settings) const;
  /// Changes what is there, with no other change between; returns what is there then.
  DriverSettings amend(const std::string& product,
                       const std::function<void(DriverSettings&)>& how) const;

  /// The product runs as long as what it returns lives, or this process does. EBUSY while it does
  /// already.
  [[nodiscard]] std::shared_ptr<void> run(const std::string& product) const;
  /// Whether the program of this process (/proc/self/exe, by path and by file) is among these, or
  /// there are none.
  [[nodiscard]] static bool is_allowed(const std::vector<std::string>& controllers);

  [[nodiscard]] const std::string& folder() const noexcept { return folder_; }

 private:
  std::string folder_;
};

}  // namespace weir::gate
