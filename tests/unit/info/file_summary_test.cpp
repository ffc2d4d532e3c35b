// Files summed up by the library alone.
#include "weir/info/file_summary.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "support/hex.h"
#include "support/temporary_folder.h"
#include "weir/error.h"

namespace weir::info {
namespace {

/// A pcap of two packets of Ethernet, at 1 s and 2 s; the second has a UDP datagram.
const auto capture = test::hex(
    "d4 c3 b2 a1 02 00 04 00 00 00 00 00 00 00 00 00 00 00 04 00 01 00 00 00"
    "01 00 00 00 00 00 00 00 0e 00 00 00 0e 00 00 00"
    "02 00 00 00 00 01 02 00 00 00 00 02 88 b5"
    "02 00 00 00 00 00 00 00 2a 00 00 00 2a 00 00 00"
    "02 00 00 00 00 01 02 00 00 00 00 02 08 00"
    "45 00 00 1c 00 00 40 00 40 11 4b 9f c0 00 02 01 c0 00 02 02 30 39 30 39 00 08 00 00");

FileSummary summed_up(Bytes bytes, CountOptions options = {}) {
  FileSummary told{{.path = "memory", .memory = bytes}, options};
  while (told.read()) {
  }
  EXPECT_FALSE(told.read()) << "and stays so";
  return told;
}

/// The names of an object's members.
class Names final : public record::ValueVisitor {
 public:
  void begin_array() override { ++depth_; }
  void end_array() override { --depth_; }
  void begin_object() override { ++depth_; }
  void end_object() override { --depth_; }
  void key(std::string_view name) override {
    if (depth_ == 1) text += std::string{name} + ' ';
  }
  void value(const record::Value& value) override { EXPECT_TRUE(value.has_value()); }

  std::string text;

 private:
  int depth_ = 0;
};

TEST(FileSummary, CountsProtocolsOfTheUsersByTheirNames) {
  wire::Decoders decoders;
  const wire::Protocol shim = decoders.add(
      {.name = "shim",
       .decode = [](Bytes, std::size_t,
                    void*) noexcept { return std::optional{wire::DecodedHeader{8, {}}}; },
       .ip_protocols = {17}});
  const FileSummary told =
      summed_up(capture, {.protocols = true, .checksums = true, .decoders = decoders});
  const auto counts = told.summary().protocols->protocols();
  EXPECT_EQ(counts[static_cast<std::size_t>(shim)], (ProtocolCounts::Count{1, 42}));
  EXPECT_EQ(counts[static_cast<std::size_t>(wire::Protocol::udp)], ProtocolCounts::Count{});
  std::string json;
  append_json(json, told.summary());
  EXPECT_NE(json.find(R"("shim":{"packets":1,"bytes":42})"), std::string::npos) << json;
  std::string text;
  append_text(text, told.summary());
  EXPECT_NE(text.find("\nshim"), std::string::npos) << text;
}

TEST(FileSummary, CountsAFile) {
  const FileSummary told = summed_up(capture, {.protocols = true, .checksums = true});
  const Summary& summary = told.summary();
  EXPECT_EQ(summary.file, "memory");
  EXPECT_EQ(summary.packets, 2U);
  EXPECT_EQ(summary.bytes, 56U);
  EXPECT_EQ(summary.first, Timestamp{std::chrono::seconds{1}});
  EXPECT_EQ(summary.last, Timestamp{std::chrono::seconds{2}});
  EXPECT_TRUE(summary.complete);
  const auto udp = static_cast<std::size_t>(wire::Protocol::udp);
  EXPECT_EQ(summary.protocols->protocols()[udp].packets, 1U);
  EXPECT_EQ(summary.checksums->protocols()[udp].unverified, 1U);
}

TEST(FileSummary, TellsOfDamageAndWhatWasWhole) {
  const FileSummary told = summed_up(Bytes{capture}.first(capture.size() - 1));
  EXPECT_EQ(told.summary().packets, 1U);
  EXPECT_FALSE(told.summary().complete);
  ASSERT_TRUE(told.summary().damage);
  EXPECT_EQ(told.summary().damage->offset, 54U);
  EXPECT_EQ(told.summary().damage->what.find("memory"), std::string::npos);
  EXPECT_EQ(told.summary().protocols, nullptr);
}

TEST(FileSummary, ReadsAFileByItsName) {
  const test::TemporaryFolder folder;
  const std::string path = folder.path("two.pcap");
  std::ofstream{path, std::ios::binary}.write(reinterpret_cast<const char*>(capture.data()),
                                              static_cast<std::streamsize>(capture.size()));
  const FileSummary told = FileSummary::of(path);
  EXPECT_EQ(told.summary().file, path);
  EXPECT_EQ(told.summary().file_size, capture.size());
  EXPECT_EQ(told.summary().packets, 2U);
  EXPECT_THROW(static_cast<void>(FileSummary::of(path + ".none")), SystemError);
}

TEST(FileSummary, TellsTheFieldsThatApplyByName) {
  Names plain;
  tell(plain, summed_up(capture).summary());
  EXPECT_TRUE(plain.text.starts_with("type file format compression byte_order link_types "))
      << plain.text;
  EXPECT_TRUE(plain.text.contains(" first first_ns last last_ns "));
  EXPECT_FALSE(plain.text.contains("damage")) << "absent, and so is its name";
  EXPECT_FALSE(plain.text.contains("protocols"));
  Names all;
  tell(all, summed_up(capture, {.protocols = true}).summary());
  EXPECT_TRUE(all.text.contains(" protocols "));
}

}  // namespace
}  // namespace weir::info
