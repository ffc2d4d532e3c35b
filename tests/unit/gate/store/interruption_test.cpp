// Changes that are killed at any system call, or find the disk full: the old state is there or the
// new one, and the next change works.
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

#include "unit/gate/store/store_fixture.h"
#include "weir/error.h"

namespace weir::test {
namespace {

namespace fs = std::filesystem;
using enum gate::VersionsToRemove;

/// Runs a function in a process that stops before and behind each of its system calls.
pid_t start_traced(const std::function<void()>& function) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    ::raise(SIGSTOP);
    function();
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ::ptrace(PTRACE_SETOPTIONS, child, nullptr, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
  ::ptrace(PTRACE_SYSCALL, child, nullptr, nullptr);
  return child;
}

/// Runs a function in a process that is killed behind its system call of that number, from 1; false
/// if it has come to its end before.
bool is_killed_at(int number, const std::function<void()>& function) {
  const pid_t child = start_traced(function);
  int status = 0;
  // At each call it stops twice, before and behind it.
  for (int stops = 1; ::waitpid(child, &status, 0) == child && WIFSTOPPED(status); ++stops) {
    if (stops == 2 * number) ::kill(child, SIGKILL);
    ::ptrace(PTRACE_SYSCALL, child, nullptr, nullptr);
  }
  return WIFSIGNALED(status);
}

/// The calls of a function that bring to the disk, rename or remove, in their order.
std::vector<std::string> calls_of(const std::function<void()>& function) {
  const std::vector<std::pair<std::uint64_t, std::string>> kinds{{SYS_fsync, "fsync"},
                                                                 {SYS_renameat, "rename"},
                                                                 {SYS_renameat2, "rename"},
                                                                 {SYS_unlinkat, "remove"}};
  std::vector<std::string> calls;
  const pid_t child = start_traced(function);
  int status = 0;
  while (::waitpid(child, &status, 0) == child && WIFSTOPPED(status)) {
    __ptrace_syscall_info call{};
    ::ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof call, &call);
    if (call.op == PTRACE_SYSCALL_INFO_ENTRY) {
      for (const auto& [number, name] : kinds) {
        if (call.entry.nr == number) calls.push_back(name);
      }
    }
    ::ptrace(PTRACE_SYSCALL, child, nullptr, nullptr);
  }
  return calls;
}

struct Snapshot {
  std::vector<gate::DriverVersion> versions{};
  std::optional<gate::DriverSettings> settings{};
  std::optional<gate::DriverVersion> loaded{};
  bool operator==(const Snapshot&) const = default;
};

class InterruptedChange : public DriverStoreTest {
 protected:
  [[nodiscard]] Snapshot snapshot() const {
    if (!store.find(product)) return {};
    return {versions(), store.settings(product), store.load(product).version()};
  }

  /// What is left over in the folder; empty if all of it is in use.
  [[nodiscard]] std::string untidy() const {
    std::vector<std::string> expected{"drivers/", "lock"};
    for (const std::string& name : store.products()) {
      expected.push_back(name + '/');
      expected.push_back(name + "/manifest");
      for (const auto& version : versions(name)) {
        expected.push_back("drivers/" + text_of(version) + ".cab");
      }
    }
    std::string names;
    int settings = 0;
    for (const std::string& name : files()) {
      if (name.contains("/settings.")) {
        ++settings;
      } else if (std::ranges::find(expected, name) == expected.end()) {
        names += name + ' ';
      }
    }
    return settings == static_cast<int>(store.products().size()) ? names : names + "settings";
  }

  /// `prepare` makes the old state, `change` the new one.
  void expect_whole(const std::function<void()>& prepare, const std::function<void()>& change) {
    const std::string words = on_disk(folder.path(""), "size=16m", [&]() -> std::string {
      (void)cab(v3);
      prepare();
      const Snapshot old = snapshot();
      if (fs::exists(store.folder())) fs::copy(store.folder(), kept(), fs::copy_options::recursive);
      change();
      const Snapshot now = snapshot();
      if (old == now) return "nothing changes";
      int number = 0;
      std::string problem;
      for (bool goes_on = true; goes_on && problem.empty();) {
        restore();
        goes_on = is_killed_at(++number, change);
        const Snapshot found = snapshot();
        if (found != now && (found != old || !goes_on)) problem = "neither old nor new";
        install(v3);
        if (problem.empty()) problem = untidy();
        if (snapshot().loaded != v3) problem += "no driver behind it";
      }
      if (!problem.empty()) return problem + " at call " + std::to_string(number);
      return number > 20 ? std::string{} : "not killed";
    });
    if (words == "no mounts of its own") GTEST_SKIP() << words;
    EXPECT_EQ(words, "");
  }

 private:
  [[nodiscard]] std::string kept() const { return folder.path("kept"); }
  void restore() const {
    fs::remove_all(store.folder());
    if (fs::exists(kept())) fs::copy(kept(), store.folder(), fs::copy_options::recursive);
  }
};

TEST_F(InterruptedChange, InstallsWhollyOrNot) {
  expect_whole([&] { (void)cab(v1); }, [&] { install(v1, product, {.altitude = 1}); });
}

TEST_F(InterruptedChange, UpgradesWhollyOrNot) {
  expect_whole(
      [&] {
        install(v1);
        (void)cab(v2);
      },
      [&] { install(v2, product, {.altitude = 2}); });
}

TEST_F(InterruptedChange, ReplacesOlderVersionsWhollyOrNot) {
  expect_whole(
      [&] {
        install(v1);
        install(v1, other_product);
        (void)cab(v2);
      },
      [&] {
        store.install(product, cab(v2), {}, gate::SameVersion::overwrite,
                      gate::OlderVersions::remove);
      });
}

TEST_F(InterruptedChange, SetsWhollyOrNot) {
  expect_whole([&] { install(v1); },
               [&] { store.change(product, {.altitude = 3, .controllers = {"/a"}}); });
}

TEST_F(InterruptedChange, UninstallsAVersionWhollyOrNot) {
  expect_whole(
      [&] {
        install(v1);
        install(v2);
      },
      [&] { store.uninstall(product, cab(v2), current); });
}

TEST_F(InterruptedChange, UninstallsAllWhollyOrNot) {
  expect_whole(
      [&] {
        install(v1);
        install(v2);
      },
      [&] { store.uninstall(product, cab(v2), all); });
}

TEST_F(InterruptedChange, IsOnTheDiskBeforeItIsInForce) {
  using Calls = std::vector<std::string>;
  // The settings, the manifest, their names; in force; what is not any more.
  const Calls change{"fsync", "fsync", "fsync", "rename", "fsync", "remove"};
  // Names of the folders, the driver and its name.
  Calls installation{"fsync", "fsync", "fsync", "fsync", "rename", "fsync"};
  installation.insert(installation.end(), change.begin(), change.end() - 1);
  (void)cab(v1);
  EXPECT_EQ(calls_of([&] { install(v1); }), installation);
  EXPECT_EQ(calls_of([&] { store.change(product, {}); }), change);
  // Settings, driver, folder.
  EXPECT_EQ(calls_of([&] { store.uninstall(product, cab(v1), all); }),
            (Calls{"remove", "fsync", "remove", "remove", "remove"}));
}

/// What the function below returns where there was enough room.
const std::string enough = "enough";

class FullDisk : public InterruptedChange {
 protected:
  /// An upgrade where so much is free; `limit` makes the option of mount(8) for what is in use.
  [[nodiscard]] std::string upgrade(const std::function<std::string()>& limit) const {
    return on_disk(folder.path(""), "size=16m", [&]() -> std::string {
      (void)cab(v2);
      install(v1, product, {.altitude = 1});
      const Snapshot old = snapshot();
      const auto before = files();
      if (::mount("none", folder.path("").c_str(), "tmpfs", MS_REMOUNT, limit().c_str()) != 0) {
        return "no remount";
      }
      const int error = system_error_of([&] { install(v2, product, {.altitude = 2}); });
      if (error == 0) return versions().back() == v2 ? enough : "not installed";
      if (error != ENOSPC) return "error " + std::to_string(error);
      if (snapshot() != old) return "another state";
      return files() == before ? "" : "left-overs";
    });
  }
  /// With nothing free, then more and more until there is enough.
  void expect_old_state(const std::function<std::string(std::uint64_t)>& limit) const {
    std::uint64_t free = 0;
    std::string words;
    while ((words = upgrade([&] { return limit(free); })).empty()) ++free;
    if (words == "no mounts of its own") GTEST_SKIP() << words;
    EXPECT_EQ(words, enough) << free;
    EXPECT_GE(free, 2);
  }
  [[nodiscard]] struct statvfs disk() const {
    struct statvfs status{};
    ::statvfs(folder.path("").c_str(), &status);
    return status;
  }
};

TEST_F(FullDisk, OfPagesLeavesTheOldState) {
  expect_old_state([&](std::uint64_t free) {
    const std::uint64_t pages = disk().f_blocks - disk().f_bfree + free;
    return "size=" + std::to_string(pages * disk().f_bsize);
  });
}

TEST_F(FullDisk, OfNamesLeavesTheOldState) {
  expect_old_state([&](std::uint64_t free) {
    return "nr_inodes=" + std::to_string(disk().f_files - disk().f_ffree + free);
  });
}

}  // namespace
}  // namespace weir::test
