// Installing, upgrading and removing drivers.
#include <filesystem>
#include <vector>

#include "gate/store/manifest.h"
#include "unit/gate/store/store_fixture.h"
#include "weir/error.h"

namespace weir::test {
namespace {

using gate::DriverSettings;
using gate::DriverVersion;
using gate::OlderVersions;
using gate::SameVersion;
using enum gate::VersionsToRemove;
using Versions = std::vector<DriverVersion>;
using Files = std::vector<std::string>;

class InstalledDriver : public DriverStoreTest {};

TEST_F(InstalledDriver, IsNowhereAtFirst) {
  EXPECT_FALSE(store.find(product));
  EXPECT_FALSE(store.is_running(product));
  EXPECT_TRUE(store.products().empty());
  EXPECT_EQ(system_error_of([&] { (void)store.load(product); }), ENOENT);
  EXPECT_EQ(system_error_of([&] { (void)store.settings(product); }), ENOENT);
  EXPECT_EQ(system_error_of([&] { (void)store.run(product); }), ENOENT);
  EXPECT_EQ(system_error_of([&] { store.change(product, {}); }), ENOENT);
  EXPECT_EQ(system_error_of([&] { store.uninstall(product, cab(v1), all); }), ENOENT);
  EXPECT_FALSE(std::filesystem::exists(store.folder()));
}

TEST_F(InstalledDriver, IsFoundWithItsSettings) {
  // B-4: without a NetFilter
  const DriverSettings settings{
      .altitude = 7, .checks_rights = true, .logs = true, .controllers = {"/a", "/b"}};
  install(v1, product, settings);
  const auto found = store.find(product);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->versions, Versions{v1});
  EXPECT_EQ(found->origin, cab(v1));
  EXPECT_EQ(store.settings(product), settings);
  EXPECT_EQ(store.load(product).version(), v1);
  EXPECT_EQ(store.load(product).octets(), content_of(cab(v1)));
  EXPECT_EQ(files(), (Files{"drivers/", "drivers/1.0.0.0.cab", "lock", product + '/',
                            product + "/manifest", product + "/settings.1"}));
  EXPECT_EQ(store.products(), std::vector{product});
  EXPECT_FALSE(store.find(other_product));
}

TEST_F(InstalledDriver, OfANewerVersionIsUsed) {
  // B-3: an upgrade is an installation
  install(v1);
  install(v3);
  EXPECT_EQ(versions(), (Versions{v1, v3}));
  EXPECT_EQ(store.load(product).version(), v3);
  EXPECT_EQ(store.find(product)->origin, cab(v3));
  install(v2, product, {.altitude = 5});
  EXPECT_EQ(versions(), (Versions{v1, v3}));
  EXPECT_EQ(store.settings(product).altitude, 5);
  EXPECT_EQ(store.find(product)->origin, cab(v2));
  EXPECT_FALSE(std::filesystem::exists(state("drivers/2.0.0.0.cab")));
}

TEST_F(InstalledDriver, ReplacesOlderOnesIfAsked) {
  install(v1);
  install(v2);
  store.install(product, cab(v3), {}, SameVersion::keep, OlderVersions::remove);
  EXPECT_EQ(versions(), Versions{v3});
  EXPECT_EQ(files(), (Files{"drivers/", "drivers/3.0.0.0.cab", "lock", product + '/',
                            product + "/manifest", product + "/settings.3"}));
}

TEST_F(InstalledDriver, OfTheSameVersionIsWrittenAgainOnlyIfAsked) {
  install(v1);
  const auto file_of = [&] {
    return std::filesystem::last_write_time(state("drivers/1.0.0.0.cab"));
  };
  const auto before = file_of();
  install(v1);
  EXPECT_EQ(file_of(), before);
  store.install(product, cab(v1), {}, SameVersion::overwrite);
  EXPECT_NE(file_of(), before);
  EXPECT_EQ(versions(), Versions{v1});
}

TEST_F(InstalledDriver, KeepsWhetherItLogs) {
  install(v1, product, {.logs = true});
  install(v1, product, {.altitude = 3, .logs = false});
  EXPECT_EQ(store.settings(product), (DriverSettings{.altitude = 3, .logs = true}));
  store.change(product, {.logs = false});
  EXPECT_EQ(store.settings(product), DriverSettings{});
  install(v1, product, {.logs = true});
  EXPECT_FALSE(store.settings(product).logs);
}

TEST_F(InstalledDriver, ChangesItsSettings) {
  install(v1, product, {.altitude = 1});
  const DriverSettings settings{.altitude = -9, .controllers = {"/c"}};
  store.change(product, settings);
  EXPECT_EQ(store.settings(product), settings);
  EXPECT_FALSE(std::filesystem::exists(state(product + "/settings.1")));
  EXPECT_EQ(versions(), Versions{v1});
  EXPECT_EQ(refusal_of([&] { store.change(product, {.controllers = {"c"}}); }).code,
            ErrorCode::invalid_argument);
  EXPECT_EQ(store.settings(product), settings);
}

TEST_F(InstalledDriver, GoesVersionByVersion) {
  install(v1);
  install(v2);
  install(v3);
  store.uninstall(product, cab(v3), current);
  EXPECT_EQ(versions(), (Versions{v1, v2}));
  EXPECT_EQ(store.load(product).version(), v2);
  store.uninstall(product, cab(v3), previous);
  EXPECT_EQ(versions(), Versions{v2});
  store.uninstall(product, cab(v3), previous);
  EXPECT_EQ(versions(), Versions{v2});
  EXPECT_EQ(store.settings(product), DriverSettings{});
  store.uninstall(product, cab(v3), current);
  EXPECT_FALSE(store.find(product));
  EXPECT_EQ(files(), (Files{"drivers/", "lock"}));
}

TEST_F(InstalledDriver, GoesWhole) {
  install(v1);
  install(v2);
  store.uninstall(product, cab(v2), all);
  EXPECT_FALSE(store.find(product));
  EXPECT_EQ(files(), (Files{"drivers/", "lock"}));
}

TEST_F(InstalledDriver, IsKeptForOthersWhoUseIt) {
  // B-77: a driver that another application needs
  install(v1);
  install(v1, other_product);
  install(v2, other_product);
  store.uninstall(product, cab(v1), all);
  EXPECT_EQ(store.load(other_product).version(), v2);
  store.uninstall(other_product, cab(v2), current);
  EXPECT_EQ(store.load(other_product).version(), v1);
  EXPECT_FALSE(std::filesystem::exists(state("drivers/2.0.0.0.cab")));
}

TEST_F(InstalledDriver, NeedsWhatItWasInstalledFrom) {
  // B-71: the file has to stay
  install(v1);
  const std::string moved = folder.path("moved");
  std::filesystem::rename(cab(v1), moved);
  EXPECT_EQ(system_error_of([&] { (void)store.load(product); }), ENOENT);
  EXPECT_EQ(system_error_of([&] { store.uninstall(product, folder.path("1.0.0.0.cab"), all); }),
            ENOENT);
  EXPECT_TRUE(store.find(product));
  std::filesystem::rename(moved, folder.path("1.0.0.0.cab"));
  EXPECT_EQ(store.load(product).version(), v1);
  const Refusal refusal = refusal_of([&] { store.uninstall(product, cab(v2), all); });
  EXPECT_EQ(refusal.code, ErrorCode::invalid_argument);
  EXPECT_NE(refusal.message.find(cab(v1)), std::string::npos) << refusal.message;
  std::filesystem::create_symlink(cab(v1), folder.path("same"));
  store.uninstall(product, folder.path("same"), all);
  EXPECT_FALSE(store.find(product));
}

TEST_F(InstalledDriver, KeepsAbsolutePathsAlone) {
  const std::string path = std::filesystem::relative(cab(v1));
  ASSERT_FALSE(path.starts_with('/'));
  store.install(product, path, {});
  EXPECT_TRUE(store.find(product)->origin.starts_with('/'));
  store.uninstall(product, path, all);
  std::filesystem::current_path(folder.path(""));
  store.install(product, "./1.0.0.0.cab", {});
  std::filesystem::current_path("/");
  EXPECT_EQ(store.find(product)->origin, cab(v1));
}

TEST_F(InstalledDriver, ThatIsGoneIsWrittenByTheNextInstallation) {
  install(v1);
  std::filesystem::remove(state("drivers/1.0.0.0.cab"));
  const Refusal refusal = refusal_of([&] { (void)store.load(product); });
  EXPECT_EQ(refusal.code, ErrorCode::not_found);
  EXPECT_NE(refusal.message.find("drivers/1.0.0.0.cab"), std::string::npos) << refusal.message;
  install(v1);
  EXPECT_EQ(store.load(product).version(), v1);
}

TEST_F(InstalledDriver, IsNotInstalledFromAnythingElse) {
  EXPECT_EQ(system_error_of([&] { store.install(product, folder.path("none"), {}); }), ENOENT);
  EXPECT_EQ(system_error_of([&] { store.install(product, "", {}); }), ENOENT);
  write_file(folder.path("text"), "no driver");
  EXPECT_THROW(store.install(product, folder.path("text"), {}), FormatError);
  EXPECT_FALSE(std::filesystem::exists(store.folder()));
}

TEST_F(InstalledDriver, HasANameThatNamesNothingElse) {
  for (const std::string& name :
       {std::string{}, std::string{"."}, std::string{".."}, std::string{"a/b"}, std::string{"a b"},
        std::string{"drivers"}, std::string{"lock"}, std::string{"a\0b", 3},
        std::string(129, 'a')}) {
    EXPECT_EQ(refusal_of([&] { install(v1, name); }).code, ErrorCode::invalid_argument) << name;
    EXPECT_EQ(refusal_of([&] { (void)store.find(name); }).code, ErrorCode::invalid_argument);
    EXPECT_EQ(refusal_of([&] { (void)store.load(name); }).code, ErrorCode::invalid_argument);
    EXPECT_EQ(refusal_of([&] { (void)store.is_running(name); }).code, ErrorCode::invalid_argument);
  }
}

TEST_F(InstalledDriver, OfManyVersionsKeepsTheNewest) {
  install(v1);
  gate::Manifest manifest{.versions = {}, .origin = cab(v1), .settings = 1};
  for (std::uint16_t i = 0; i < gate::max_versions; ++i) manifest.versions.push_back({1, 0, 0, i});
  write_file(state(product + "/manifest"), text_of(manifest));
  install(v2);
  const Versions kept = versions();
  EXPECT_EQ(kept.size(), gate::max_versions);
  EXPECT_EQ(kept.front(), (DriverVersion{1, 0, 0, 1}));
  EXPECT_EQ(kept.back(), v2);
}

TEST(DriverStore, HasTheFolderOfTheEnvironment) {
  ::unsetenv("WEIR_STATE");
  EXPECT_EQ(gate::DriverStore{}.folder(), "/var/lib/weir");
  ::setenv("WEIR_STATE", "", 1);
  EXPECT_EQ(gate::DriverStore{}.folder(), "/var/lib/weir");
  ::setenv("WEIR_STATE", "/srv/weir/", 1);
  EXPECT_EQ(gate::DriverStore{}.folder(), "/srv/weir");
  ::unsetenv("WEIR_STATE");
}

TEST(DriverStore, TakesGuidsInAnyCase) {
  // B-77: with braces
  EXPECT_EQ(gate::parse_product_guid("{1fad0ef2-9A03-4b87-B4bC-645B7035ed90}"), product);
  EXPECT_EQ(gate::parse_product_guid(product), product);
  for (const std::string& text :
       {std::string{}, product.substr(1), product.substr(0, 37), ' ' + product, product + ' ',
        std::string{"{1FAD0EF209A03-4B87-B4BC-645B7035ED90}"},
        std::string{"{1GAD0EF2-9A03-4B87-B4BC-645B7035ED90}"},
        std::string{"(1FAD0EF2-9A03-4B87-B4BC-645B7035ED90)"}}) {
    EXPECT_FALSE(gate::parse_product_guid(text)) << text;
  }
}

}  // namespace
}  // namespace weir::test
