// Files the command writes belong to whoever called it, and to nobody else.
#pragma once

#include <optional>
#include <string>

#include "weir/savefile/writer.h"

namespace weir::cli {

/// Whose files are: under sudo those of the calling user, otherwise nobody else's.
[[nodiscard]] std::optional<savefile::FileOwner> file_owner() noexcept;

/// The directory that holds, or will hold, the file of that path.
[[nodiscard]] std::string directory_of(const std::string& path);

/// A file of mode 0600, owned by the calling user under sudo. One that existed before stays as it
/// is; one that was made is removed again unless keep() is called.
class PrivateFile {
 public:
  /// Throws SystemError.
  explicit PrivateFile(const std::string& path);
  PrivateFile(const PrivateFile&) = delete;
  PrivateFile& operator=(const PrivateFile&) = delete;
  ~PrivateFile();

  void keep() noexcept { made_.clear(); }

 private:
  /// Its path while it may have to go.
  std::string made_;
};

}  // namespace weir::cli
