// A state folder is root's alone: owners, modes, links, and what others may do.
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "unit/gate/store/store_fixture.h"
#include "weir/error.h"

namespace weir::test {
namespace {

using enum gate::VersionsToRemove;
namespace fs = std::filesystem;

constexpr unsigned nobody = 65534;

class DriverState : public DriverStoreTest {
 protected:
  /// Everybody's question and root's changes are refused, with the name in the message.
  void expect_refused(const std::string& name, const std::string& what) const {
    const auto refused = [&](const std::function<void()>& call) {
      const Refusal refusal = refusal_of(call);
      EXPECT_EQ(refusal.code, ErrorCode::permission_denied) << what << ": " << refusal.message;
      EXPECT_NE(refusal.message.find(name), std::string::npos) << what << ": " << refusal.message;
    };
    refused([&] { (void)store.find(product); });
    refused([&] { (void)store.settings(product); });
    refused([&] { install(v2); });
    refused([&] { store.change(product, {}); });
    refused([&] { store.uninstall(product, cab(v1), all); });
  }
};

TEST_F(DriverState, HasTheRightModesWhateverTheUmask) {
  for (const mode_t mask : {0000U, 0022U, 0077U, 0777U}) {
    const mode_t before = ::umask(mask);
    install(v1);
    const auto running = store.run(product);
    ::umask(before);
    EXPECT_EQ(mode_of(store.folder()), 0755);
    EXPECT_EQ(mode_of(state("drivers")), 0755);
    EXPECT_EQ(mode_of(state("drivers/1.0.0.0.cab")), 0600);
    EXPECT_EQ(mode_of(state("lock")), 0600);
    EXPECT_EQ(mode_of(state(product)), 0755);
    EXPECT_EQ(mode_of(state(product + "/manifest")), 0644);
    EXPECT_EQ(mode_of(state(product + "/settings.1")), 0600);
    EXPECT_EQ(mode_of(state(product + "/running")), 0600);
    fs::remove_all(store.folder());
  }
}

TEST_F(DriverState, ThatIsALinkIsRefused) {
  install(v1);
  fs::rename(store.folder(), folder.path("elsewhere"));
  fs::create_directory_symlink("elsewhere", store.folder());
  expect_refused(store.folder(), "the folder");
  EXPECT_THROW(gate::DriverStore{store.folder() + '/'}.find(product), SystemError);
  fs::remove(store.folder());
  fs::rename(folder.path("elsewhere"), store.folder());
  for (const std::string& name : {product, product + "/manifest", product + "/settings.1"}) {
    fs::rename(state(name), folder.path("elsewhere"));
    fs::create_symlink(folder.path("elsewhere"), state(name));
    if (!name.ends_with("settings.1")) {
      expect_refused(state(name), name);
    } else {
      EXPECT_EQ(system_error_of([&] { (void)store.settings(product); }), EPERM);
    }
    fs::remove(state(name));
    fs::rename(folder.path("elsewhere"), state(name));
  }
  EXPECT_EQ(store.load(product).version(), v1);
}

TEST_F(DriverState, LinksInItArePassedOver) {
  install(v1);
  write_file(folder.path("victim"), "precious");
  fs::remove(state("lock"));
  fs::create_symlink(folder.path("victim"), state("lock"));
  EXPECT_EQ(system_error_of([&] { install(v2); }), EPERM);
  fs::remove(state("lock"));
  fs::create_symlink(folder.path("victim"), state(product + "/manifest.new"));
  fs::create_symlink(folder.path("victim"), state(product + "/settings.2"));
  fs::create_symlink(folder.path("victim"), state("drivers/2.0.0.0.cab.new"));
  install(v2);
  EXPECT_EQ(content_of(folder.path("victim")), "precious");
  EXPECT_EQ(mode_of(folder.path("victim")), 0644);
  EXPECT_EQ(store.load(product).version(), v2);
}

TEST_F(DriverState, ThatIsSomebodyElsesIsRefused) {
  install(v1);
  for (const std::string& name : {std::string{"."}, product, product + "/manifest"}) {
    ASSERT_EQ(::lchown(state(name).c_str(), nobody, nobody), 0);
    expect_refused(name == "." ? store.folder() : state(name), name);
    ASSERT_EQ(::lchown(state(name).c_str(), 0, 0), 0);
    const unsigned before = mode_of(state(name));
    for (const unsigned open : {0020U, 0002U}) {
      fs::permissions(state(name), fs::perms{before | open});
      expect_refused(name == "." ? store.folder() : state(name), name);
    }
    fs::permissions(state(name), fs::perms{before});
  }
  EXPECT_EQ(versions(), std::vector{v1});
}

TEST_F(DriverState, ThatOthersCouldReplaceIsRefused) {
  install(v1);
  const std::string above = folder.path("above");
  fs::create_directories(above + "/between");
  const std::string moved = above + "/between/state";
  fs::rename(store.folder(), moved);
  store = gate::DriverStore{moved};
  EXPECT_EQ(versions(), std::vector{v1});
  for (const std::string& replaced : {above + "/between", above}) {
    for (const unsigned mode : {0775U, 0757U, 0777U}) {
      fs::permissions(replaced, fs::perms{mode});
      expect_refused(moved + ": refused, as others than root may replace what is in " + replaced,
                     "a folder above");
    }
    // Others take away only what is theirs.
    fs::permissions(replaced, fs::perms{01777});
    EXPECT_EQ(versions(), std::vector{v1});
    fs::permissions(replaced, fs::perms{0755});
    ASSERT_EQ(::chown(replaced.c_str(), nobody, nobody), 0);
    expect_refused(replaced, "somebody else's");
    ASSERT_EQ(::chown(replaced.c_str(), 0, 0), 0);
  }
  // By whatever path it is named.
  fs::permissions(above, fs::perms{0777});
  fs::create_directory_symlink(above + "/between", folder.path("link"));
  store = gate::DriverStore{folder.path("link/state")};
  expect_refused(above, "behind a link");
  fs::permissions(above, fs::perms{0755});
  EXPECT_EQ(versions(), std::vector{v1});
  // Nor is one made there.
  fs::permissions(above, fs::perms{0777});
  store = gate::DriverStore{above + "/new"};
  EXPECT_EQ(system_error_of([&] { install(v1); }), EPERM);
  EXPECT_FALSE(fs::exists(above + "/new"));
}

TEST_F(DriverState, ThatIsNoFolderIsRefused) {
  write_file(store.folder(), "");
  EXPECT_EQ(system_error_of([&] { install(v1); }), EPERM);
  fs::remove(store.folder());
  install(v1);
  fs::remove(state(product + "/manifest"));
  ASSERT_EQ(::mkfifo(state(product + "/manifest").c_str(), 0644), 0);
  EXPECT_EQ(system_error_of([&] { (void)store.find(product); }), EPERM);
}

TEST_F(DriverState, TellsEverybodyWhatIsInstalledAndNoMore) {
  install(v1, product, {.controllers = {"/a"}});
  EXPECT_EQ(without_rights([&]() -> std::string {
              if (versions() != std::vector{v1}) return "no version";
              if (store.is_running(product)) return "it runs";
              if (store.products() != std::vector{product}) return "no product";
              for (const auto& call : std::initializer_list<std::function<void()>>{
                       [&] { (void)store.settings(product); }, [&] { (void)store.load(product); },
                       [&] { (void)store.run(product); }}) {
                if (refusal_of(call).code != ErrorCode::permission_denied) return "not refused";
              }
              return {};
            }),
            "");
}

TEST_F(DriverState, IsRootsToChange) {
  install(v1);
  const auto before = files();
  EXPECT_EQ(without_rights([&]() -> std::string {
              for (const auto& call : std::initializer_list<std::function<void()>>{
                       [&] { store.install(product, folder.path("none"), {}); },
                       [&] { store.install(other_product, cab(v1), {}); },
                       [&] { store.change(product, {}); },
                       [&] { store.uninstall(product, cab(v1), all); }}) {
                if (system_error_of(call) != EPERM) return "not refused";
              }
              return {};
            }),
            "");
  EXPECT_EQ(files(), before);
}

}  // namespace
}  // namespace weir::test
