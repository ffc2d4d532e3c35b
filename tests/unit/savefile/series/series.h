// What a RotatingWriter left in a folder.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "support/temporary_folder.h"
#include "support/time_zone.h"
#include "unit/savefile/capture_bytes.h"
#include "unit/savefile/written_packets.h"
#include "weir/savefile/rotating_writer.h"

namespace weir::test {

/// Names of files with the number of packets each holds.
using Files = std::vector<std::pair<std::string, std::size_t>>;

/// A folder to write to, in which it is UTC.
class Series : public testing::Test {
 protected:
  /// Every file in the folder, each of which is a whole capture.
  [[nodiscard]] Files files() const {
    Files found;
    for (const auto& entry : std::filesystem::directory_iterator{folder_.path("")}) {
      const std::string path = entry.path();
      const Outcome outcome = read_all([&] { return savefile::Reader{path}; });
      EXPECT_TRUE(outcome.complete()) << path << ": " << outcome.message;
      found.emplace_back(entry.path().filename(), outcome.packets.size());
    }
    std::ranges::sort(found);
    return found;
  }

  /// A packet at so many seconds, of the one interface.
  void write(savefile::RotatingWriter& writer, std::int64_t second,
             std::string_view data = "0123456789") const {
    const Packet packet = packet_of(data, second * 1'000'000'000);
    writer.write({&interface_, 1}, {&packet, 1});
  }

  TemporaryFolder folder_;
  TimeZone zone_{"UTC0"};
  Interface interface_ = interface_of("eth0");
};

}  // namespace weir::test
