#include "savefile/compressor.h"
namespace weir::savefile {
Compressor::~Compressor() = default;
std::unique_ptr<Compressor> make_compressor(Compression, std::optional<int>) { return nullptr; }
}  // namespace weir::savefile
