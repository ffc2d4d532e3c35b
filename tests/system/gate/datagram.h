// A frame for the gate's programs: UDP on IPv4 from 10.0.0.1 to 10.0.0.2.
#pragma once

#include <cstdint>
#include <vector>

namespace weir::test {

/// 80 bytes, without checksums.
inline std::vector<std::uint8_t> datagram(std::uint16_t port = 53) {
  std::vector<std::uint8_t> made(80);
  made[12] = 8;
  made[14] = 0x45;
  made[17] = 66;
  made[22] = 64;
  made[23] = 17;
  made[26] = 10;
  made[29] = 1;
  made[30] = 10;
  made[33] = 2;
  made[34] = 0x30;
  made[36] = static_cast<std::uint8_t>(port >> 8);
  made[37] = static_cast<std::uint8_t>(port);
  made[39] = 46;
  return made;
}

}  // namespace weir::test
