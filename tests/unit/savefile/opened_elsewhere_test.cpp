// Files that somebody else opens for readers and writers.
#include <fcntl.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "capture_bytes.h"
#include "support/temporary_folder.h"
#include "weir/error.h"
#include "weir/savefile/merged_reader.h"
#include "weir/savefile/reader.h"
#include "weir/savefile/writer.h"

namespace weir::savefile {
namespace {

using test::CaptureBytes;
using test::TemporaryFolder;

class OpenedElsewhere : public testing::Test {
 protected:
  std::string capture() {
    CaptureBytes file;
    file.pcap_header().record(1, 0, "one").record(2, 0, "two");
    return folder_.file("real.pcap", file.bytes());
  }
  template <class Source>
  static std::size_t packets_of(Source& source) {
    std::size_t packets = 0;
    for (const Packet& packet : source) packets += packet.data.size() == 3 ? 1U : 0U;
    return packets;
  }

  TemporaryFolder folder_;
};

TEST_F(OpenedElsewhere, AreReadFromTheDescriptor) {
  const std::string path = capture();
  int asked = 0;
  const ReaderOptions options{.open = [&](const std::string& name) {
    ++asked;
    return name == "name" ? ::open(path.c_str(), O_RDONLY) : -1;
  }};
  Reader reader{"name", options};
  EXPECT_EQ(packets_of(reader), 2U);
  EXPECT_EQ(asked, 1);
  Reader other{path, options};  // -1: it opens the file itself
  EXPECT_EQ(packets_of(other), 2U);
  MergedReader merged{{"name", path}, {.reader = options}};
  EXPECT_EQ(packets_of(merged), 4U);
}

TEST_F(OpenedElsewhere, FailAsTheirOpenerSays) {
  const ReaderOptions options{
      .open = [](const std::string& name) -> int { throw SystemError{EACCES, "open " + name}; }};
  try {
    const Reader reader{capture(), options};
    FAIL() << "opened";
  } catch (const SystemError& error) {
    EXPECT_EQ(error.system_code().value(), EACCES);
  }
}

TEST_F(OpenedElsewhere, AreWrittenToTheDescriptor) {
  const std::string path = folder_.path("out.pcap");
  Writer writer{"name", {.format = Format::pcap, .open = [&](const std::string&) {
                           return ::open(path.c_str(), O_WRONLY | O_CREAT, 0600);
                         }}};
  writer.close();
  Reader reader{path};
  EXPECT_EQ(packets_of(reader), 0U);
}

}  // namespace
}  // namespace weir::savefile
