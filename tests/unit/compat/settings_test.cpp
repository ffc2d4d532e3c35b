// Settings by name, as config() takes them.
#include "compat/settings.h"

#include <gtest/gtest.h>

#include "weir/error.h"

namespace weir::compat {
namespace {

struct Settings {
  std::int64_t size = 7;
  bool on = false;
  std::vector<Setting> all{number_setting("Size", size, 1, 100), boolean_setting("On", on),
                           build_setting(), license_setting()};

  std::string operator()(const char* text, bool is_active = false) {
    return configure(all, text, is_active);
  }
  std::string refusal(const char* text, bool is_active = false) {
    try {
      static_cast<void>(configure(all, text, is_active));
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
      return error.what();
    }
    return {};
  }
};

TEST(Settings, AreReadAndSetByNameInAnyCase) {
  //
  Settings config;
  EXPECT_EQ(config("Size"), "7");
  EXPECT_EQ(config("sIZE=8"), "8");
  EXPECT_EQ(config.size, 8);
  EXPECT_EQ(config("SIZE"), "8");
}

TEST(Settings, TakeWordsForBooleansInAnyCase) {
  //
  Settings config;
  for (const char* const yes : {"On=True", "On=true", "On=1", "On=YES", "On=Yes"}) {
    config.on = false;
    EXPECT_EQ(config(yes), "True");
    EXPECT_TRUE(config.on);
  }
  for (const char* const no : {"On=False", "On=FALSE", "On=0", "On=no", "On=No"}) {
    config.on = true;
    EXPECT_EQ(config(no), "False");
    EXPECT_FALSE(config.on);
  }
}

TEST(Settings, RefuseWhatTheyCannotBeAndSayWhatTheyCan) {
  Settings config;
  for (const char* const text : {"Size=0", "Size=101", "Size=", "Size=5x", "Size= 5", "Size=5=5",
                                 "Size=99999999999999999999"}) {
    EXPECT_NE(config.refusal(text).find("a number from 1 to 100"), std::string::npos) << text;
  }
  EXPECT_EQ(config.size, 7);
  EXPECT_EQ(config.refusal("On=maybe"), "config On=maybe: it takes True, False, 1, 0, Yes or No");
  EXPECT_EQ(config.refusal("Siz"),
            "config Siz: no such setting; there are Size On BuildInfo LicenseInfo");
  EXPECT_EQ(config.refusal(""),
            "config : no such setting; there are Size On BuildInfo LicenseInfo");
}

TEST(Settings, StayWhileActiveAndCanBeRead) {
  Settings config;
  EXPECT_EQ(config.refusal("Size=8", true),
            "config Size: it can only change while not active: deactivate() first");
  EXPECT_EQ(config("Size", true), "7");
}

TEST(Settings, TellWhatWasBuiltAndUnderWhatLicence) {
  // A-49 A-50
  Settings config;
  EXPECT_EQ(config("BuildInfo").substr(0, 5), "weir ");
  for (const char* const word :
       {"Product: ", "Product Key: ", "License Source: ", "License Type: "})
    EXPECT_NE(config("LicenseInfo").find(word), std::string::npos) << word;
  EXPECT_EQ(config.refusal("BuildInfo=mine"), "config BuildInfo: it can only be read");
}

}  // namespace
}  // namespace weir::compat
