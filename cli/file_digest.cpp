// Reads a file once more, for its digest.
#include "file_digest.h"

#include <filesystem>
#include <fstream>
#include <vector>

#include "stop_signal.h"
#include "weir/sink/sha256.h"

namespace weir::cli {

bool can_be_read_twice(const InputFile& file) {
  std::error_code problem;
  return file.path != "-" && std::filesystem::is_regular_file(file.path, problem);
}

std::string digest_of(const InputFile& file) {
  if (!can_be_read_twice(file)) return {};
  std::ifstream stream{file.path, std::ios::binary};
  sink::Sha256 digest;
  std::vector<char> block(std::size_t{1} << 18);
  while (stream) {
    if (stop_requested()) return {};
    stream.read(block.data(), static_cast<std::streamsize>(block.size()));
    const auto size = static_cast<std::size_t>(stream.gcount());
    digest.update({reinterpret_cast<const std::uint8_t*>(block.data()), size});
  }
  return stream.is_open() && stream.eof() && !stream.bad() ? digest.hex_digest() : std::string{};
}

}  // namespace weir::cli
