// Files the command writes belong to whoever called it, and to nobody else.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "weir/savefile/writer.h"

namespace weir::cli {

/// Whose files are: under sudo those of the calling user, otherwise nobody else's.
[[nodiscard]] std::optional<savefile::FileOwner> file_owner() noexcept;

/// The directory that holds, or will hold, the file of that path.
[[nodiscard]] std::string directory_of(const std::string& path);

/// A file of mode 0600, owned by the calling user under sudo, made where symbolic links lead. One
/// that existed before stays as it is; one that was made and is still empty goes again, unless
/// something else has its name by then, or it was to be kept.
class PrivateFile {
 public:
  /// Throws SystemError.
  explicit PrivateFile(const std::string& path);
  PrivateFile(const PrivateFile&) = delete;
  PrivateFile& operator=(const PrivateFile&) = delete;
  ~PrivateFile();

  /// Something was in it: if it is empty at the end, somebody else has emptied it.
  void keep() noexcept { inode_ = 0; }

 private:
  void remove_if_empty() const noexcept;

  std::string path_;
  /// Of the file that was made; 0 if none was.
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

}  // namespace weir::cli
