// Products that run: who knows of it, and what waits until they do not.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <optional>
#include <thread>

#include "unit/gate/store/store_fixture.h"
#include "weir/error.h"

namespace weir::test {
namespace {

using enum gate::VersionsToRemove;

class RunningProduct : public DriverStoreTest {
 protected:
  [[nodiscard]] std::string as_seen_by_nobody() const {
    return without_rights([&] { return store.is_running(product) ? "running" : "stopped"; });
  }
};

TEST_F(RunningProduct, IsKnownToEverybody) {
  install(v1);
  install(v1, other_product);
  EXPECT_FALSE(store.is_running(product));
  EXPECT_EQ(as_seen_by_nobody(), "stopped");
  auto running = store.run(product);
  EXPECT_TRUE(store.is_running(product));
  EXPECT_FALSE(store.is_running(other_product));
  EXPECT_EQ(as_seen_by_nobody(), "running");
  running.reset();
  EXPECT_FALSE(store.is_running(product));
  EXPECT_EQ(as_seen_by_nobody(), "stopped");
}

TEST_F(RunningProduct, RunsOnce) {
  install(v1);
  const auto running = store.run(product);
  EXPECT_EQ(system_error_of([&] { (void)store.run(product); }), EBUSY);
  try {
    (void)store.run(product);
  } catch (const SystemError& error) {
    EXPECT_TRUE(std::string{error.what()}.starts_with("a gate of " + product + " runs: "));
  }
  EXPECT_EQ(
      in_child([&] { return std::to_string(system_error_of([&] { (void)store.run(product); })); }),
      std::to_string(EBUSY));
  EXPECT_TRUE(store.is_running(product));
}

TEST_F(RunningProduct, ChangesNoVersions) {
  install(v1);
  install(v2);
  auto running = store.run(product);
  EXPECT_EQ(system_error_of([&] { install(v3); }), EBUSY);
  EXPECT_EQ(system_error_of([&] { store.uninstall(product, cab(v2), previous); }), EBUSY);
  EXPECT_EQ(system_error_of([&] { store.uninstall(product, cab(v2), all); }), EBUSY);
  EXPECT_EQ(versions(), (std::vector{v1, v2}));
  install(v3, other_product);
  store.change(product, {.altitude = 1});
  EXPECT_TRUE(store.is_running(product));
  running.reset();
  store.uninstall(product, cab(v2), all);
}

TEST_F(RunningProduct, EndsWithItsProcess) {
  install(v1);
  EXPECT_EQ(in_child([&] {
              static const auto running = store.run(product);
              return store.is_running(product) ? std::string{} : "it does not run";
            }),
            "");
  EXPECT_FALSE(store.is_running(product));
  (void)store.run(product);
}

TEST_F(RunningProduct, IsNotEndedByAChild) {
  install(v1);
  auto running = store.run(product);
  EXPECT_EQ(in_child([&] {
              running.reset();
              return std::string{};
            }),
            "");
  EXPECT_TRUE(store.is_running(product));
}

TEST_F(RunningProduct, IsNotKeptByAChild) {
  install(v1);
  auto running = store.run(product);
  const pid_t child = ::fork();
  if (child == 0) {
    ::pause();
    ::_exit(0);
  }
  running.reset();
  EXPECT_FALSE(store.is_running(product));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
}

TEST_F(RunningProduct, OfThatNameCannotBeLeftRunningWithoutManifest) {
  install(v1);
  const auto running = store.run(product);
  std::filesystem::remove(state(product + "/manifest"));
  install(v1, other_product);
  EXPECT_TRUE(store.is_running(product));
}

TEST(Controllers, AreProgramsByPathAndFile) {
  // B-72: by full paths
  const std::string own = std::filesystem::read_symlink("/proc/self/exe");
  EXPECT_TRUE(gate::DriverStore::is_allowed({}));
  EXPECT_TRUE(gate::DriverStore::is_allowed({own}));
  EXPECT_TRUE(gate::DriverStore::is_allowed({"/bin/sh", own}));
  EXPECT_FALSE(gate::DriverStore::is_allowed({"/bin/sh", ""}));
  const TemporaryFolder folder;
  std::filesystem::create_hard_link(own, folder.path("same"));
  EXPECT_FALSE(gate::DriverStore::is_allowed({folder.path("same")}));
}

}  // namespace
}  // namespace weir::test
