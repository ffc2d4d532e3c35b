// What of the file system and the network this process may still reach (landlock(7)).
#pragma once

#include <string>
#include <vector>

namespace weir::sandbox {

/// The version of the kernel's Landlock; 0 if it has none, or none that is switched on.
[[nodiscard]] int landlock_version() noexcept;

/// Paths that stay within reach; all else is refused. Descriptors that are open stay as they are.
struct ReachablePaths {
  /// Files, or directories with everything below them.
  std::vector<std::string> readable{};
  /// Existing files.
  std::vector<std::string> writable_files{};
  /// Files in and below may be read, made, written, renamed and removed.
  std::vector<std::string> writable_directories{};
};

class Landlock {
 public:
  /// Precondition: landlock_version() > 0. Throws SystemError naming a path that cannot be opened;
  /// of those to be read, what does not exist is left out.
  explicit Landlock(const ReachablePaths& paths);
  Landlock(const Landlock&) = delete;
  Landlock& operator=(const Landlock&) = delete;
  ~Landlock();

  /// For good, for this thread and whatever it starts. The process must have set no_new_privs.
  /// Throws SystemError.
  void enforce() const;

 private:
  void allow(const std::string& path, unsigned long long rights) const;

  int rules_ = -1;
};

}  // namespace weir::sandbox
