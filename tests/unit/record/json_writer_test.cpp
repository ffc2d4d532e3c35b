// Numbers with a fraction, and members; the records test the other kinds.
#include "record/json_writer.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>

namespace weir::record {
namespace {

TEST(JsonWriter, WritesNumbersThatReadBackTheSame) {
  for (const double number :
       {0.0, 0.1, 1.0 / 3, 1e300, 5e-324, 753946.4215, 123456789012345678.0}) {
    std::string out;
    JsonWriter json{out};
    json.begin_array();
    json.value(number);
    json.value(number);
    json.end_array();
    EXPECT_EQ(nlohmann::json::parse(out), (nlohmann::json::array({number, number}))) << out;
  }
}

TEST(JsonWriter, WritesAMemberAtOnceAsItsKeyAndItsValue) {
  std::string at_once;
  std::string apart;
  JsonWriter one{at_once};
  JsonWriter two{apart};
  one.begin_object();
  two.begin_object();
  for (const std::uint64_t number : {std::uint64_t{0}, std::uint64_t{9}, std::uint64_t{99'999'999},
                                     std::uint64_t{100'000'000}, UINT64_MAX}) {
    one.member("number", number);
    two.key("number");
    two.value(number);
  }
  one.end_object();
  two.end_object();
  EXPECT_EQ(at_once, apart);
  EXPECT_TRUE(at_once.starts_with(R"({"number":0,"number":9,)")) << at_once;
  EXPECT_TRUE(at_once.ends_with(R"("number":18446744073709551615})")) << at_once;
}

}  // namespace
}  // namespace weir::record
