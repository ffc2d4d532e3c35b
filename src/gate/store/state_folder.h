// Folders and files that are root's alone, and stay whole whatever ends the process.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sys/file_descriptor.h"
#include "weir/bytes.h"

namespace weir::gate {

inline constexpr mode_t folder_mode = 0755;
inline constexpr mode_t public_mode = 0644;
inline constexpr mode_t private_mode = 0600;

/// An open folder. Names are of one part; none of them is followed if it is a link. What is a link,
/// somebody else's, or open to others' writing is refused: SystemError (permission_denied); so is
/// what is in a folder where others could put another in its place. All of them throw SystemError
/// naming the path, unless they are noexcept.
class StateFolder {
 public:
  /// Nothing if there is none.
  [[nodiscard]] static std::optional<StateFolder> open(const std::string& path);
  /// Makes it where there is none, with its name on the disk.
  [[nodiscard]] static StateFolder make(const std::string& path);

  [[nodiscard]] std::optional<StateFolder> folder(const std::string& name) const;
  [[nodiscard]] StateFolder make_folder(const std::string& name) const;
  /// Names of all there is, in order.
  [[nodiscard]] std::vector<std::string> names() const;

  /// Whether there is a file of any kind.
  [[nodiscard]] bool has(const std::string& name) const noexcept;
  /// Nothing if there is none. Of what is longer than `limit`, one byte more than that.
  [[nodiscard]] std::optional<std::string> read(const std::string& name, std::size_t limit) const;
  /// A new file, whole and on the disk; its name is after synchronise(). Where that fails, a part
  /// of it stays.
  void write(const std::string& name, std::string_view bytes, mode_t mode) const;
  /// Opens to lock it; made where there is none and `makes`. Not open if there is none.
  [[nodiscard]] sys::FileDescriptor open_lock(const std::string& name, bool makes) const;
  /// In place of what has that name, at once.
  void rename(const std::string& from, const std::string& to) const;
  void unlink(const std::string& name) const;
  /// All names of now are on the disk.
  void synchronise() const;

  /// Best effort.
  void remove(const std::string& name) const noexcept;
  void remove_folder(const std::string& name) const noexcept;

  [[nodiscard]] int number() const noexcept { return folder_.number(); }
  [[nodiscard]] std::string path(const std::string& name) const { return path_ + '/' + name; }

 private:
  StateFolder(sys::FileDescriptor folder, std::string path);
  [[nodiscard]] static std::optional<StateFolder> open_in(int parent, const char* name,
                                                          const std::string& path);
  [[nodiscard]] static StateFolder make_in(int parent, const char* name, const std::string& path);

  sys::FileDescriptor folder_;
  std::string path_;
};

}  // namespace weir::gate
