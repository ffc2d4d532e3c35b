// Chooses a compressor and checks its level.
#include "savefile/compress/compressor.h"

#include <string>

#include "savefile/compress/compressors.h"
#include "weir/error.h"

namespace weir::savefile {
namespace {

// Levels as the programs of these names count them.
struct Kind {
  Compression compression;
  int lowest;
  int usual;
  int highest;
  std::unique_ptr<Compressor> (*make)(int level);
};

constexpr Kind kinds[] = {
    {Compression::gzip, 1, 6, 9, make_gzip_compressor},
    {Compression::zstd, 1, 3, 19, make_zstd_compressor},
    {Compression::lz4, 1, 1, 12, make_lz4_compressor},
    {Compression::xz, 0, 6, 9, make_xz_compressor},
};

}  // namespace

Compressor::~Compressor() = default;

std::unique_ptr<Compressor> make_compressor(Compression compression, std::optional<int> level) {
  for (const Kind& kind : kinds) {
    if (kind.compression != compression) continue;
    const int chosen = level.value_or(kind.usual);
    if (chosen < kind.lowest || chosen > kind.highest) {
      throw Error{ErrorCode::invalid_argument,
                  std::string{name(compression)} + " has no level " + std::to_string(chosen) +
                      ": " + std::to_string(kind.lowest) + " to " + std::to_string(kind.highest)};
    }
    return kind.make(chosen);
  }
  return nullptr;
}

}  // namespace weir::savefile
