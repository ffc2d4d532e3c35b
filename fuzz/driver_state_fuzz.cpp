// Fuzzes the manifest and the settings of installed drivers: any bytes. There is one way to write
// what can be read. Input: a byte of flags (1: settings, 2: the checksum is added), then the text.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "gate/store/manifest.h"
#include "gate/store/state_text.h"
#include "weir/error.h"
#include "wire/crc32.h"

namespace {

namespace gate = weir::gate;

void require(bool condition) {
  if (!condition) std::abort();
}

std::string checksum_line(const std::string& text) {
  weir::wire::EthernetCrc sum;
  sum.add({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  std::string digits;
  for (int shift = 28; shift >= 0; shift -= 4) {
    digits += "0123456789abcdef"[sum.value() >> shift & 0xf];
  }
  return "checksum: " + digits + '\n';
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string text(data + 1, data + size);
  if ((data[0] & 2) != 0) text += checksum_line(text);
  try {
    if ((data[0] & 1) != 0) {
      const gate::DriverSettings settings = gate::parse_settings(text, "settings");
      gate::check_settings(settings);
      require(text_of(settings) == text);
    } else {
      const gate::Manifest manifest = gate::parse_manifest(text, "manifest");
      gate::check_origin(manifest.origin);
      require(!manifest.versions.empty() && text_of(manifest) == text);
    }
  } catch (const weir::FormatError& error) {
    require(error.offset() <= text.size());
  }
  return 0;
}
