// Versions of drivers: text, order, one number.
#include <gtest/gtest.h>

#include "gate/driver/programs.h"
#include "weir/version.h"

namespace weir::test {
namespace {

using gate::DriverVersion;
using gate::parse_driver_version;

TEST(DriverVersion, IsReadFromOneToFourNumbers) {
  EXPECT_EQ(parse_driver_version("2"), (DriverVersion{2, 0, 0, 0}));
  EXPECT_EQ(parse_driver_version("2.32"), (DriverVersion{2, 32, 0, 0}));
  EXPECT_EQ(parse_driver_version("2.32.6"), (DriverVersion{2, 32, 6, 0}));
  EXPECT_EQ(parse_driver_version("2.32.6.28"), (DriverVersion{2, 32, 6, 28}));
  EXPECT_EQ(parse_driver_version("65535.65535.65535.65535"),
            (DriverVersion{65535, 65535, 65535, 65535}));
}

TEST(DriverVersion, AnythingElseIsNone) {
  for (const char* const text : {"", ".", "1.", ".1", "1..2", "1.2.3.4.", "1.2.3.4.5", "65536",
                                 "-1", "+1", " 1", "1 ", "a", "1.a", "1,2", "0x1", "1.2.3.4\n"}) {
    EXPECT_FALSE(parse_driver_version(text)) << text;
  }
  EXPECT_FALSE(parse_driver_version({"1\0", 2}));
}

TEST(DriverVersion, IsWrittenAsFourNumbers) {
  EXPECT_EQ(gate::text_of(DriverVersion{2, 32, 6, 28}), "2.32.6.28");
  EXPECT_EQ(gate::text_of(DriverVersion{}), "0.0.0.0");
}

TEST(DriverVersion, IsPackedWithTheFirstNumberAtTheTop) {
  const DriverVersion version{2, 32, 6, 28};
  EXPECT_EQ(gate::packed(version), 0x000200200006001cU);
  EXPECT_EQ(gate::packed({65535, 65535, 65535, 65535}), UINT64_MAX);
}

TEST(DriverVersion, ComparesFromTheFirstNumberOn) {
  const DriverVersion version{2, 32, 6, 28};
  for (const DriverVersion newer :
       {DriverVersion{3, 0, 0, 0}, {2, 33, 0, 0}, {2, 32, 7, 0}, {2, 32, 6, 29}}) {
    EXPECT_GT(newer, version) << gate::text_of(newer);
    EXPECT_GT(gate::packed(newer), gate::packed(version));
  }
}

TEST(DriverVersion, OfTheLibraryIsThatOfItsHeaders) {
  EXPECT_EQ(gate::library_version(), parse_driver_version(version));
}

}  // namespace
}  // namespace weir::test
