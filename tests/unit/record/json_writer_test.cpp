// Numbers with a fraction; the records test the other kinds.
#include "record/json_writer.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

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

}  // namespace
}  // namespace weir::record
