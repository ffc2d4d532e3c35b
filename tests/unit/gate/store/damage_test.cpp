// Damaged states name the file and what to do, and that helps; what was left half done goes.
#include <filesystem>

#include "gate/store/manifest.h"
#include "unit/gate/store/store_fixture.h"
#include "weir/error.h"

namespace weir::test {
namespace {

namespace fs = std::filesystem;
using gate::DriverVersion;
using enum gate::VersionsToRemove;
using Files = std::vector<std::string>;

class DamagedState : public DriverStoreTest {
 protected:
  void expect_damaged(const std::string& name, const std::function<void()>& call) const {
    const Refusal refusal = refusal_of(call);
    EXPECT_EQ(refusal.code, ErrorCode::damaged) << refusal.message;
    EXPECT_TRUE(refusal.message.starts_with(state(name))) << refusal.message;
    EXPECT_TRUE(refusal.message.ends_with("install the driver again")) << refusal.message;
  }
};

TEST_F(DamagedState, OfAManifestIsRepairedByInstalling) {
  install(v1, other_product);
  for (const std::string& content : {std::string{}, std::string{"format: weir manifest 1\n"},
                                     std::string(100'000, 'x'), std::string(64 << 10, '\n')}) {
    install(v1);
    install(v2);
    write_file(state(product + "/manifest"), content);
    expect_damaged(product + "/manifest", [&] { (void)store.find(product); });
    expect_damaged(product + "/manifest", [&] { (void)store.load(product); });
    expect_damaged(product + "/manifest", [&] { (void)store.settings(product); });
    expect_damaged(product + "/manifest", [&] { store.change(product, {}); });
    expect_damaged(product + "/manifest", [&] { store.uninstall(product, cab(v2), all); });
    EXPECT_EQ(store.products(), (std::vector{product, other_product}));
    install(v2, product, {.altitude = 4});
    EXPECT_EQ(versions(), std::vector{v2});
    EXPECT_EQ(store.settings(product).altitude, 4);
    EXPECT_EQ(store.load(product).version(), v2);
    store.uninstall(product, cab(v2), all);
  }
}

TEST_F(DamagedState, OfSettingsIsRepairedByInstalling) {
  install(v1, product, {.logs = true});
  write_file(state(product + "/settings.1"), "x");
  expect_damaged(product + "/settings.1", [&] { (void)store.settings(product); });
  EXPECT_EQ(versions(), std::vector{v1});
  install(v1);
  EXPECT_EQ(store.settings(product), gate::DriverSettings{});
  fs::remove(state(product + "/settings.2"));
  expect_damaged(product + "/settings.2", [&] { (void)store.settings(product); });
  install(v1);
  EXPECT_EQ(store.settings(product), gate::DriverSettings{});
}

TEST_F(DamagedState, OfADriverIsRepairedByInstalling) {
  install(v1);
  write_file(state("drivers/1.0.0.0.cab"), content_of(cab(v1)).substr(0, 100));
  expect_damaged("drivers/1.0.0.0.cab", [&] { (void)store.load(product); });
  install(v1);
  EXPECT_EQ(store.load(product).version(), v1);
  write_file(state("drivers/1.0.0.0.cab"), content_of(cab(v2)));
  expect_damaged("drivers/1.0.0.0.cab", [&] { (void)store.load(product); });
  install(v1);
  EXPECT_EQ(store.load(product).version(), v1);
}

TEST_F(DamagedState, OfOneProductKeepsTheDriversItMayUse) {
  install(v1);
  install(v1, other_product);
  install(v2, other_product);
  const std::string manifest = content_of(state(product + "/manifest"));
  write_file(state(product + "/manifest"), "");
  write_file(state("drivers/3.0.0.0.cab.new"), "");
  store.uninstall(other_product, cab(v2), all);
  EXPECT_TRUE(fs::exists(state("drivers/1.0.0.0.cab")));
  EXPECT_FALSE(fs::exists(state("drivers/3.0.0.0.cab.new")));
  write_file(state(product + "/manifest"), manifest);
  store.change(product, {});
  EXPECT_EQ(store.load(product).version(), v1);
  EXPECT_FALSE(fs::exists(state("drivers/2.0.0.0.cab")));
}

TEST_F(DamagedState, AnotherFormatIsNotOverwritten) {
  install(v1);
  write_file(state(product + "/manifest"), "format: weir manifest 2\n");
  for (const auto& call : std::initializer_list<std::function<void()>>{
           [&] { (void)store.find(product); }, [&] { install(v2); },
           [&] { store.uninstall(product, cab(v1), all); }}) {
    const Refusal refusal = refusal_of(call);
    EXPECT_EQ(refusal.code, ErrorCode::unsupported_format) << refusal.message;
    EXPECT_TRUE(refusal.message.starts_with(state(product + "/manifest"))) << refusal.message;
  }
  EXPECT_EQ(content_of(state(product + "/manifest")), "format: weir manifest 2\n");
}

TEST_F(DamagedState, WhatIsLeftHalfDoneGoesWithTheNextChange) {
  install(v1);
  const Files before = files();
  fs::create_directory(state(other_product));
  write_file(state(other_product + "/settings.1"), "x");
  write_file(state(other_product + "/running"), "");
  write_file(state(product + "/manifest.new"), "x");
  write_file(state(product + "/settings.2"), "x");
  write_file(state("drivers/1.0.0.0.cab.new"), "x");
  write_file(state("drivers/2.0.0.0.cab"), "x");
  EXPECT_EQ(versions(), std::vector{v1});
  EXPECT_FALSE(store.find(other_product));
  EXPECT_EQ(store.products(), std::vector{product});
  store.uninstall(product, cab(v1), previous);
  EXPECT_EQ(files(), before);
}

TEST_F(DamagedState, WhatIsNotOursStays) {
  install(v1);
  fs::create_directory(state("mine"));
  write_file(state("mine/notes"), "x");
  write_file(state(product + "/notes"), "x");
  install(v2);
  EXPECT_TRUE(fs::exists(state("mine/notes")));
  EXPECT_TRUE(fs::exists(state(product + "/notes")));
}

}  // namespace
}  // namespace weir::test
