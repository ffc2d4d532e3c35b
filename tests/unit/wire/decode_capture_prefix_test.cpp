// decode() on every prefix of every packet of the captures.
#include <filesystem>
#include <string>
#include <vector>

#include "decode_prefix.h"
#include "support/layers_text.h"
#include "support/view_checks.h"
#include "weir/error.h"
#include "weir/savefile/reader.h"

namespace weir::test {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> captures() {
  std::vector<fs::path> files;
  for (const fs::path& folder : {fs::path{WEIR_CAPTURES}, fs::path{WEIR_EXPECTED_CAPTURES}}) {
    if (folder.empty()) continue;
    for (const auto& entry : fs::recursive_directory_iterator{folder}) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
  }
  return files;
}

void expect_every_prefix(const Packet& whole_packet) {
  const Layers whole = wire::decode(whole_packet);
  for (std::size_t length = 0; length < whole_packet.data.size(); ++length) {
    const auto bytes = exactly(whole_packet.data.first(length));
    Packet packet = whole_packet;
    packet.data = bytes;
    const Layers cut = wire::decode(packet);
    ASSERT_TRUE(consistent(cut, length)) << length << ": " << text_of(cut);
    expect_prefix_of(whole, cut);
    EXPECT_TRUE(ended_rightly(whole, cut));
    if (testing::Test::HasFailure()) {
      GTEST_FAIL() << "cut to " << length << ": " << text_of(cut) << "\nof " << text_of(whole);
    }
  }
}

TEST(DecodePrefix, OfEveryCapturedPacketHoldsTheHeadersThatWereCaptured) {
  std::size_t examined = 0;
  for (const fs::path& path : captures()) {
    SCOPED_TRACE(path.string());
    std::size_t number = 0;
    try {
      savefile::Reader reader{path.string()};
      for (const Packet& packet : reader) {
        ++number;
        expect_every_prefix(packet);
        if (testing::Test::HasFailure()) GTEST_FAIL() << "packet " << number;
      }
    } catch (const Error&) {
      // No capture, or damaged: what stands before the damage was read.
    }
    examined += number;
  }
  EXPECT_GT(examined, 5000U);
}

}  // namespace
}  // namespace weir::test
