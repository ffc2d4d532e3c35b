// Files the command writes belong to whoever called it, and to nobody else.
#pragma once

#include <string>

namespace weir::cli {

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
