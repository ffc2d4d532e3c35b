// A folder of files that goes away with the test.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "weir/bytes.h"

namespace weir::test {

class TemporaryFolder {
 public:
  TemporaryFolder() : path_{make_path()} { std::filesystem::create_directory(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }

  /// The path of a file of that name, whether there is one or not.
  [[nodiscard]] std::string path(const std::string& name) const { return path_ / name; }

  /// Makes a file that holds `bytes`; returns its path.
  [[nodiscard]] std::string file(const std::string& name, Bytes bytes) const {
    std::filesystem::remove(path(name));
    append(name, bytes);
    return path(name);
  }
  void append(const std::string& name, Bytes bytes) const {
    std::ofstream out{path(name), std::ios::binary | std::ios::app};
    out.write(reinterpret_cast<const char*>(bytes.data()),
              static_cast<std::streamsize>(bytes.size()));
  }

 private:
  static std::filesystem::path make_path() {
    static int number = 0;
    return std::filesystem::temp_directory_path() /
           ("weir-test-" + std::to_string(::getpid()) + "-" + std::to_string(++number));
  }

  std::filesystem::path path_;
};

}  // namespace weir::test
