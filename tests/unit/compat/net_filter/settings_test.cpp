// The settings of NetFilter: defaults, ranges, who may change them, and what stays of them.
#include <limits>

#include "unit/compat/net_filter/initialized.h"
#include "unit/gate/store/store_fixture.h"

namespace weir::test {
namespace {

using compat::NetFilter;

class NetFilterSettings : public InitializedTest {
 protected:
  std::string config(const std::string& text) { return filter.config(text); }
  int code(const std::string& text) {
    return code_of([&] { static_cast<void>(filter.config(text)); });
  }
};

TEST_F(NetFilterSettings, HaveTheirDefaults) {
  // B-123 B-124 B-125 B-126 B-127 B-128 B-129
  EXPECT_EQ(config("DenyExpiredRequests"), "False");
  EXPECT_EQ(config("ForceAppPermissionCheck"), "False");
  EXPECT_EQ(config("InitialSendBufferSize"), "262144");
  EXPECT_EQ(config("LoggingEnabled"), "False");
  EXPECT_EQ(config("MaxWorkerThreadCount"), "0");
  EXPECT_EQ(config("MinWorkerThreadCount"), "0");
  EXPECT_EQ(config("WorkerInitialStackSize"), "0");
}

TEST_F(NetFilterSettings, SayWhatWasBuiltAndUnderWhichLicence) {
  // B-130
  EXPECT_TRUE(config("BuildInfo").starts_with("weir "));
  for (const char* const line :
       {"Product: ", "Product Key: ", "License Source: ", "License Type: "}) {
    EXPECT_NE(config("LicenseInfo").find(line), std::string::npos) << line;
  }
  EXPECT_EQ(code("BuildInfo=1"), 87);
  EXPECT_EQ(code("LicenseInfo=1"), 87);
}

TEST_F(NetFilterSettings, AreBooleansInAnyCase) {
  // B-92 B-123 B-124 B-126
  for (const std::string name :
       {"DenyExpiredRequests", "ForceAppPermissionCheck", "LoggingEnabled"}) {
    for (const char* const yes : {"True", "TRUE", "true", "1", "Yes", "yES"}) {
      EXPECT_EQ(config(name + '=' + yes), "True");
    }
    EXPECT_EQ(config(name), "True");
    for (const char* const no : {"False", "false", "0", "No", "NO"}) {
      EXPECT_EQ(config(name + '=' + no), "False");
    }
    for (const char* const wrong : {"", "2", "on", "True ", " 1", "-0"}) {
      EXPECT_EQ(code(name + '=' + wrong), 87) << wrong;
    }
    EXPECT_EQ(config(name), "False");
  }
}

TEST_F(NetFilterSettings, AreNamedInAnyCase) {
  // B-92
  EXPECT_EQ(config("maxWORKERthreadCOUNT=3"), "3");
  EXPECT_EQ(config("MaxWorkerThreadCount"), "3");
  EXPECT_EQ(config("mAXwORKERtHREADcOUNT"), "3");
}

TEST_F(NetFilterSettings, AreNumbersInTheirRanges) {
  // B-125 B-127 B-128 B-129
  struct Range {
    std::string name;
    std::int64_t least;
    std::int64_t most;
  };
  for (const Range& range :
       {Range{"InitialSendBufferSize", 0, 64 << 20}, Range{"MaxWorkerThreadCount", 0, 256},
        Range{"MinWorkerThreadCount", 0, 256}, Range{"WorkerInitialStackSize", 16'384, 1 << 30}}) {
    for (const std::int64_t fits : {range.most, range.least, std::int64_t{0}}) {
      EXPECT_EQ(config(range.name + '=' + std::to_string(fits)), std::to_string(fits));
      EXPECT_EQ(config(range.name), std::to_string(fits));
    }
    for (const std::int64_t beyond :
         {std::int64_t{-1}, range.most + 1, std::numeric_limits<std::int64_t>::max(),
          std::numeric_limits<std::int64_t>::min()}) {
      EXPECT_EQ(code(range.name + '=' + std::to_string(beyond)), 87) << range.name << beyond;
    }
    for (const char* const wrong : {"", "many", "1 ", "0x10", "1.5", "99999999999999999999"}) {
      EXPECT_EQ(code(range.name + '=' + wrong), 87) << range.name << '=' << wrong;
    }
    EXPECT_EQ(config(range.name), "0");
  }
}

TEST_F(NetFilterSettings, OfAStackAreNotTooSmall) {
  // B-129
  EXPECT_EQ(config("WorkerInitialStackSize=65536"), "65536");
  for (const char* const small : {"1", "16383"}) {
    EXPECT_EQ(code(std::string{"WorkerInitialStackSize="} + small), 87);
  }
  EXPECT_EQ(config("WorkerInitialStackSize"), "65536");
}

TEST_F(NetFilterSettings, ThatAreNoneAreRefused) {
  // B-92
  for (const std::string& wrong : {std::string{}, std::string{"="}, std::string{"NoSuchSetting"},
                                   std::string{"NoSuchSetting=1"}, std::string(1'000'000, 'x'),
                                   std::string{"DenyExpiredRequests =1"}, std::string{"BufferSize"},
                                   std::string{"BuildInfo\0", 10}}) {
    EXPECT_EQ(code(wrong), 87) << wrong.substr(0, 40);
  }
}

TEST_F(NetFilterSettings, OfTheInstallationStay) {
  // B-124 B-126: in every object, and after an upgrade LoggingEnabled
  config("ForceAppPermissionCheck=Yes");
  config("LoggingEnabled=Yes");
  NetFilter later;
  later.initialize(guid);
  EXPECT_EQ(later.config("ForceAppPermissionCheck"), "True");
  EXPECT_EQ(later.config("LoggingEnabled"), "True");
  state.install({.version = {1, 1, 0, 0}});
  EXPECT_EQ(later.config("ForceAppPermissionCheck"), "False");
  EXPECT_EQ(later.config("LoggingEnabled"), "True");
}

TEST_F(NetFilterSettings, OfTheObjectDoNot) {
  // B-123 B-125 B-127 B-128 B-129
  for (const char* const set :
       {"DenyExpiredRequests=1", "InitialSendBufferSize=1", "MaxWorkerThreadCount=2",
        "MinWorkerThreadCount=2", "WorkerInitialStackSize=65536"}) {
    config(set);
  }
  NetFilter later;
  later.initialize(guid);
  EXPECT_EQ(later.config("DenyExpiredRequests"), "False");
  EXPECT_EQ(later.config("InitialSendBufferSize"), "262144");
  EXPECT_EQ(later.config("MaxWorkerThreadCount"), "0");
  EXPECT_EQ(later.config("MinWorkerThreadCount"), "0");
  EXPECT_EQ(later.config("WorkerInitialStackSize"), "0");
}

TEST_F(NetFilterSettings, OfTheInstallationAreRootsToChange) {
  // B-123 B-124 B-126 B-138: those of the object are anybody's
  EXPECT_EQ(without_rights([&] {
              NetFilter mine;
              mine.initialize(guid);
              std::string codes;
              for (const char* const set : {"ForceAppPermissionCheck=True", "LoggingEnabled=True",
                                            "DenyExpiredRequests=True", "MaxWorkerThreadCount=1"}) {
                codes +=
                    std::to_string(code_of([&] { static_cast<void>(mine.config(set)); })) + ' ';
              }
              return codes;
            }),
            "1314 1314 0 0 ");
  EXPECT_EQ(config("LoggingEnabled"), "False");
}

TEST_F(NetFilterSettings, MayDemandRightsForRules) {
  // B-56 B-124
  config("ForceAppPermissionCheck=True");
  EXPECT_TRUE(filter.add_filter_rule(1, -1, 2, -1, -1, "", NetFilter::RULE_ACTION_DROP));
  const auto codes_of_rules = [&](NetFilter& mine) {
    std::string codes;
    for (const std::function<void()>& call :
         {std::function<void()>{[&] { mine.add_filter_rule(2, -1, 2, -1, -1, "", 1); }},
          std::function<void()>{[&] { mine.add_passthrough_rule(2, -1, 2, -1, -1, ""); }},
          std::function<void()>{[&] { mine.delete_filter_rule(1); }},
          std::function<void()>{[&] { mine.delete_passthrough_rule(1); }},
          std::function<void()>{[&] { mine.delete_all_filter_rules(); }},
          std::function<void()>{[&] { mine.delete_all_passthrough_rules(); }}}) {
      codes += std::to_string(code_of(call)) + ' ';
    }
    return codes;
  };
  EXPECT_EQ(without_rights([&] { return codes_of_rules(filter); }),
            "1314 1314 1314 1314 1314 1314 ");
  config("ForceAppPermissionCheck=False");
  EXPECT_EQ(without_rights([&] { return codes_of_rules(filter); }), "0 0 0 0 0 0 ");
}

}  // namespace
}  // namespace weir::test
