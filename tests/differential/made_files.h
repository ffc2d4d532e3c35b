// Pcap files at the limits of the readers, which no capture and no spoiled one comes near.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace weir::differential {

struct MadeFile {
  std::string name;
  std::vector<std::uint8_t> bytes;
};

[[nodiscard]] std::vector<MadeFile> made_files();

}  // namespace weir::differential
