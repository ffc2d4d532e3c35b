// What NetFilter installs, upgrades and takes away, and what it says of that.
#include <filesystem>
#include <functional>
#include <limits>
#include <vector>

#include "unit/compat/net_filter/initialized.h"
#include "unit/gate/store/store_fixture.h"

namespace weir::test {
namespace {

using compat::NetFilter;
using gate::DriverVersion;

constexpr DriverVersion v1_0{1, 0, 0, 0};
constexpr DriverVersion v1_1{1, 1, 0, 0};
constexpr std::int64_t packed_1_0 = 0x0001'0000'0000'0000;
constexpr std::int64_t packed_1_1 = 0x0001'0001'0000'0000;

class NetFilterInstallation : public NetFilterTest {
 protected:
  [[nodiscard]] std::int64_t version(const std::string& product = guid) const {
    return filter.get_driver_version(product);
  }
  [[nodiscard]] int status(const std::string& product = guid) const {
    return filter.get_driver_status(product);
  }
  [[nodiscard]] std::string driver(const std::string& version) const {
    return state.folder() + "/drivers/" + version + ".cab";
  }

  NetFilter filter;
};

TEST_F(NetFilterInstallation, IsAbsentThenStoppedThenAbsentAgain) {
  // B-50 B-51 B-70 B-74 B-75: and no restart of the system is ever needed
  EXPECT_EQ(status(), NetFilter::MODULE_STATUS_NOT_PRESENT);
  EXPECT_FALSE(filter.install(state.cab(), guid, 0, 0, ""));
  EXPECT_EQ(status(), NetFilter::MODULE_STATUS_STOPPED);
  EXPECT_FALSE(filter.uninstall(state.cab(), guid, NetFilter::UNINSTALL_VERSION_ALL));
  EXPECT_EQ(status(), NetFilter::MODULE_STATUS_NOT_PRESENT);
}

TEST_F(NetFilterInstallation, HasItsVersionInFourWords) {
  // B-76
  EXPECT_EQ(version(), 0);
  state.install({.version = {2, 32, 6, 28}});
  EXPECT_EQ(version(), 0x0002'0020'0006'001C);
}

TEST_F(NetFilterInstallation, IsUpgradedByInstallAlone) {
  // B-3 B-70: what is older stays out
  state.install({.version = v1_0});
  EXPECT_EQ(version(), packed_1_0);
  state.install({.version = v1_1});
  EXPECT_EQ(version(), packed_1_1);
  state.install({.version = v1_0});
  EXPECT_EQ(version(), packed_1_1);
  filter.initialize(guid);
}

TEST_F(NetFilterInstallation, GoesByItsNewestVersion) {
  // B-58
  state.install({.version = v1_0});
  state.install({.version = v1_1});
  filter.uninstall(state.cab(v1_1), guid, NetFilter::UNINSTALL_VERSION_CURRENT);
  EXPECT_EQ(version(), packed_1_0);
  filter.uninstall(state.cab(v1_1), guid, NetFilter::UNINSTALL_VERSION_CURRENT);
  EXPECT_EQ(version(), 0);
}

TEST_F(NetFilterInstallation, GoesByItsEarlierVersions) {
  // B-57
  state.install({.version = v1_0});
  state.install({.version = v1_1});
  filter.uninstall(state.cab(v1_1), guid, NetFilter::UNINSTALL_VERSION_PREVIOUS);
  EXPECT_EQ(version(), packed_1_1);
  EXPECT_FALSE(std::filesystem::exists(driver("1.0.0.0")));
  filter.uninstall(state.cab(v1_1), guid, NetFilter::UNINSTALL_VERSION_CURRENT);
  EXPECT_EQ(status(), NetFilter::MODULE_STATUS_NOT_PRESENT);
}

TEST_F(NetFilterInstallation, GoesWhole) {
  // B-59 B-74
  state.install({.version = v1_0});
  state.install({.version = v1_1});
  filter.uninstall(state.cab(v1_1), guid, NetFilter::UNINSTALL_VERSION_ALL);
  EXPECT_EQ(status(), NetFilter::MODULE_STATUS_NOT_PRESENT);
  EXPECT_FALSE(std::filesystem::exists(driver("1.0.0.0")));
  EXPECT_FALSE(std::filesystem::exists(driver("1.1.0.0")));
}

TEST_F(NetFilterInstallation, ReplacesEarlierVersionsIfAsked) {
  // B-53
  state.install({.version = v1_0});
  state.install({.version = v1_1, .flags = NetFilter::INSTALL_REMOVE_OLD_VERSIONS});
  filter.uninstall(state.cab(v1_1), guid, NetFilter::UNINSTALL_VERSION_CURRENT);
  EXPECT_EQ(version(), 0);
}

TEST_F(NetFilterInstallation, OfTheSameVersionIsWrittenAgainOnlyIfAsked) {
  // B-55
  state.install();
  const auto written = [&] { return std::filesystem::last_write_time(driver("1.0.0.0")); };
  const auto before = written();
  state.install();
  EXPECT_EQ(written(), before);
  state.install({.flags = NetFilter::INSTALL_OVERWRITE_SAME_VERSION});
  EXPECT_NE(written(), before);
}

TEST_F(NetFilterInstallation, HasNoStartTypeToKeep) {
  // B-54: it starts with start_filter(), and not before
  state.install({.flags = NetFilter::INSTALL_KEEP_START_TYPE});
  EXPECT_EQ(status(), NetFilter::MODULE_STATUS_STOPPED);
  EXPECT_EQ(version(), packed_1_0);
}

TEST_F(NetFilterInstallation, MayDemandRightsForRules) {
  // B-56 B-124
  state.install({.flags = NetFilter::INSTALL_FORCE_APP_PERMISSION_CHECK});
  filter.initialize(guid);
  EXPECT_EQ(filter.config("ForceAppPermissionCheck"), "True");
  state.install();
  EXPECT_EQ(filter.config("ForceAppPermissionCheck"), "False");
}

TEST_F(NetFilterInstallation, RefusesFlagsThatAreNone) {
  // B-70 B-74
  for (const int flags : {8, 0x10000, -1}) {
    EXPECT_EQ(code_of([&] { filter.install(state.cab(), guid, 0, flags, ""); }), 87) << flags;
  }
  state.install();
  for (const int flags : {0, 4, -1}) {
    EXPECT_EQ(code_of([&] { filter.uninstall(state.cab(), guid, flags); }), 87) << flags;
  }
  EXPECT_EQ(version(), packed_1_0);
}

TEST_F(NetFilterInstallation, NeedsTheBundleToStay) {
  // B-71
  state.install();
  const std::string moved = state.path("moved.cab");
  std::filesystem::rename(state.cab(), moved);
  EXPECT_EQ(code_of([&] { filter.uninstall(state.path("1.0.0.0.cab"), guid, 3); }), 2);
  EXPECT_EQ(code_of([&] { filter.uninstall(moved, guid, 3); }), 87);
  filter.initialize(guid);
  EXPECT_EQ(code_of([&] { filter.start_filter(0); }), NetFilter::ERROR_FILE_NOT_FOUND);
  std::filesystem::rename(moved, state.path("1.0.0.0.cab"));
  filter.uninstall(state.cab(), guid, 3);
}

TEST_F(NetFilterInstallation, RefusesWhatIsNoBundle) {
  // B-70 B-71
  write_file(state.path("empty"), "");
  write_file(state.path("words"), "no bundle at all\n");
  const std::string whole = content_of(state.cab());
  write_file(state.path("cut"), whole.substr(0, whole.size() / 2));
  for (const char* const name : {"empty", "words", "cut"}) {
    EXPECT_EQ(code_of([&] { filter.install(state.path(name), guid, 0, 0, ""); }),
              NetFilter::ERROR_INVALID_DATA)
        << name;
  }
  EXPECT_EQ(code_of([&] { filter.install(state.path("nowhere"), guid, 0, 0, ""); }), 2);
  EXPECT_EQ(code_of([&] { filter.install("", guid, 0, 0, ""); }), 2);
  EXPECT_EQ(status(), NetFilter::MODULE_STATUS_NOT_PRESENT);
}

TEST_F(NetFilterInstallation, IsForOneGuid) {
  // B-77 B-131: settings for themselves, a driver as long as one needs it
  state.install({.altitude = 7});
  EXPECT_EQ(code_of([&] { filter.initialize(other_guid); }), NetFilter::ERROR_FILE_NOT_FOUND);
  state.install({.product = other_guid, .altitude = -3});
  NetFilter other;
  other.initialize(other_guid);
  filter.initialize(guid);
  EXPECT_EQ(filter.get_altitude(), 7);
  EXPECT_EQ(other.get_altitude(), -3);
  filter.uninstall(state.cab(), guid, NetFilter::UNINSTALL_VERSION_ALL);
  EXPECT_EQ(status(), NetFilter::MODULE_STATUS_NOT_PRESENT);
  EXPECT_EQ(status(other_guid), NetFilter::MODULE_STATUS_STOPPED);
  other.initialize(other_guid);
}

TEST_F(NetFilterInstallation, KnowsAGuidInAnyCase) {
  // B-77
  state.install({.product = "{abcdef01-2345-6789-abcd-EF0123456789}"});
  EXPECT_EQ(status("{ABCDEF01-2345-6789-ABCD-EF0123456789}"), NetFilter::MODULE_STATUS_STOPPED);
  filter.initialize("{ABCDEF01-2345-6789-abcd-ef0123456789}");
}

TEST_F(NetFilterInstallation, RefusesWhatIsNoGuid) {
  // B-77 B-78
  std::vector<std::string> malformed = {"",
                                        "{}",
                                        "1FAD0EF2-9A03-4B87-B4BC-645B7035ED90",
                                        guid + " ",
                                        guid.substr(0, guid.size() - 1),
                                        guid + guid,
                                        "{1FAD0EF2-9A03-4B87-B4BC-645B7035ED9G}",
                                        "{1FAD0EF2_9A03-4B87-B4BC-645B7035ED90}",
                                        "{../../../../../../../../../../etc/wei}",
                                        std::string(1'000'000, '{'),
                                        guid + '\0'};
  malformed.push_back(guid);
  malformed.back()[5] = '\0';
  for (const std::string& text : malformed) {
    EXPECT_EQ(code_of([&] { filter.install(state.cab(), text, 0, 0, ""); }), 87) << text;
    EXPECT_EQ(code_of([&] { filter.uninstall(state.cab(), text, 3); }), 87) << text;
    EXPECT_EQ(code_of([&] { static_cast<void>(status(text)); }), 87) << text;
    EXPECT_EQ(code_of([&] { static_cast<void>(version(text)); }), 87) << text;
    EXPECT_EQ(code_of([&] { filter.initialize(text); }), 87) << text;
  }
  EXPECT_FALSE(std::filesystem::exists(state.folder()));
}

TEST_F(NetFilterInstallation, HasToBeThereToInitialize) {
  // B-78 B-131
  EXPECT_EQ(code_of([&] { filter.initialize(guid); }), NetFilter::ERROR_FILE_NOT_FOUND);
  EXPECT_EQ(code_of([&] { filter.list_adapters(); }), NetFilter::ERROR_NOT_READY);
  state.install();
  filter.initialize(guid);
  filter.list_adapters();
}

TEST_F(NetFilterInstallation, OlderThanTheLibraryIsRefused) {
  // B-135
  state.install({.version = {0, 0, 9, 0}});
  EXPECT_EQ(version(), 0x0000'0000'0009'0000);
  EXPECT_EQ(code_of([&] { filter.initialize(guid); }),
            NetFilter::ERROR_INVALID_KERNEL_INFO_VERSION);
  state.install({.version = v1_0});
  filter.initialize(guid);
}

TEST_F(NetFilterInstallation, KeepsItsAltitude) {
  // B-7
  state.install({.altitude = 100});
  filter.initialize(guid);
  EXPECT_EQ(filter.get_altitude(), 100);
  for (const int altitude : {std::numeric_limits<int>::min(), -1, 0, 250'000}) {
    filter.set_altitude(altitude);
    NetFilter later;
    later.initialize(guid);
    EXPECT_EQ(later.get_altitude(), altitude);
  }
}

TEST_F(NetFilterInstallation, IsRootsToChange) {
  // B-7 B-73 B-74 B-124 B-138: before any argument is looked at; status and version are anybody's
  state.install();
  const std::string bundle = state.cab();
  const std::string answer = without_rights([&] {
    NetFilter mine;
    mine.initialize(guid);
    std::string codes;
    for (const std::function<void()>& call :
         {std::function<void()>{[&] { mine.install(bundle, guid, 0, 0, ""); }},
          std::function<void()>{[&] { mine.install("", "", 0, -1, ""); }},
          std::function<void()>{[&] { mine.uninstall(bundle, guid, 3); }},
          std::function<void()>{[&] { mine.uninstall("", "", 0); }},
          std::function<void()>{[&] { mine.set_altitude(1); }},
          std::function<void()>{[&] { static_cast<void>(mine.get_altitude()); }},
          std::function<void()>{[&] { mine.config("ForceAppPermissionCheck=False"); }},
          std::function<void()>{[&] { mine.config("LoggingEnabled=no such value"); }},
          std::function<void()>{[&] { mine.start_filter(1); }}}) {
      codes += std::to_string(code_of(call)) + ' ';
    }
    return codes + std::to_string(mine.get_driver_status(guid)) + ' ' +
           std::to_string(mine.get_driver_version(guid));
  });
  EXPECT_EQ(answer, "1314 1314 1314 1314 1314 1314 1314 1314 1314 1 " + std::to_string(packed_1_0));
}

TEST_F(NetFilterInstallation, ThatIsDamagedIsNamed) {
  // B-75 B-78
  state.install();
  const std::string manifest = state.folder() + '/' + guid + "/manifest";
  write_file(manifest, "no manifest\n");
  for (const std::function<void()>& call :
       {std::function<void()>{[&] { static_cast<void>(status()); }},
        std::function<void()>{[&] { static_cast<void>(version()); }},
        std::function<void()>{[&] { filter.initialize(guid); }}}) {
    try {
      call();
      FAIL();
    } catch (const compat::NetFilterError& error) {
      EXPECT_EQ(error.win32_code(), NetFilter::ERROR_INVALID_DATA);
      EXPECT_NE(std::string{error.what()}.find(manifest), std::string::npos) << error.what();
    }
  }
  state.install();
  filter.initialize(guid);
}

TEST_F(NetFilterInstallation, TakesAllowedControllersAsWholePathsOnly) {
  // B-72
  for (const char* const controllers : {"program", "/usr/bin/a\n./b", "/a\r\nb"}) {
    EXPECT_EQ(code_of([&] { filter.install(state.cab(), guid, 0, 0, controllers); }), 87)
        << controllers;
  }
  std::string many;
  for (int i = 0; i < 100'000; ++i) many += "/usr/bin/program\n";
  EXPECT_EQ(code_of([&] { filter.install(state.cab(), guid, 0, 0, many); }), 87);
  EXPECT_EQ(status(), NetFilter::MODULE_STATUS_NOT_PRESENT);
  using Paths = std::vector<std::string>;
  for (const char* const lines :
       {"/usr/bin/a\n\n/usr/bin/b\n", "/usr/bin/a\r\n\r\n/usr/bin/b\r\n"}) {
    state.install({.controllers = lines});
    EXPECT_EQ(gate::DriverStore{}.settings(guid).controllers, (Paths{"/usr/bin/a", "/usr/bin/b"}));
  }
  EXPECT_EQ(status(), NetFilter::MODULE_STATUS_STOPPED);
}

}  // namespace
}  // namespace weir::test
