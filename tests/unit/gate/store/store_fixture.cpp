// Children, folders and files for the tests of DriverStore.
#include "unit/gate/store/store_fixture.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "weir/error.h"

namespace weir::test {
namespace {

std::string words_of(const std::function<std::string()>& function) {
  try {
    return function();
  } catch (const std::exception& error) {
    return std::string{"throws "} + error.what();
  }
}

}  // namespace

void DriverStoreTest::SetUp() {
  if (::geteuid() != 0) GTEST_SKIP() << "installing takes root";
}

std::string DriverStoreTest::cab(const gate::DriverVersion& version) const {
  const std::string path = folder.path(text_of(version) + ".cab");
  if (!std::filesystem::exists(path)) gate::Driver{}.with_version(version).write(path);
  return path;
}

void DriverStoreTest::install(const gate::DriverVersion& version, const std::string& to,
                              gate::DriverSettings settings) const {
  store.install(to, cab(version), std::move(settings));
}

std::vector<gate::DriverVersion> DriverStoreTest::versions(const std::string& of) const {
  const auto found = store.find(of);
  return found ? found->versions : std::vector<gate::DriverVersion>{};
}

std::vector<std::string> DriverStoreTest::files() const {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator{store.folder()}) {
    const std::string name = entry.path().lexically_relative(store.folder());
    names.push_back(entry.is_directory() ? name + '/' : name);
  }
  std::ranges::sort(names);
  return names;
}

std::string in_child(const std::function<std::string()>& function) {
  std::array<int, 2> pipe{};
  if (::pipe(pipe.data()) != 0) return "no pipe";
  const pid_t child = ::fork();
  if (child == 0) {
    const std::string words = words_of(function);
    const ssize_t written = ::write(pipe[1], words.data(), words.size());
    ::_exit(written == static_cast<ssize_t>(words.size()) ? 0 : 1);
  }
  ::close(pipe[1]);
  std::string words;
  std::array<char, 4096> piece{};
  for (ssize_t got = 0; (got = ::read(pipe[0], piece.data(), piece.size())) > 0;) {
    words.append(piece.data(), static_cast<std::size_t>(got));
  }
  ::close(pipe[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  return status == 0 ? words : "the child died: " + words;
}

std::string without_rights(const std::function<std::string()>& function) {
  return in_child([&]() -> std::string {
    constexpr unsigned nobody = 65534;
    if (::setgid(nobody) != 0 || ::setuid(nobody) != 0) return "rights stay";
    return function();
  });
}

std::string on_disk(const std::string& folder, const std::string& options,
                    const std::function<std::string()>& function) {
  return in_child([&]() -> std::string {
    if (::unshare(CLONE_NEWNS) != 0 ||
        ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("none", folder.c_str(), "tmpfs", 0, options.c_str()) != 0) {
      return "no mounts of its own";
    }
    return function();
  });
}

int system_error_of(const std::function<void()>& function) {
  try {
    function();
  } catch (const SystemError& error) {
    return error.system_code().value();
  }
  return 0;
}

Refusal refusal_of(const std::function<void()>& function) {
  try {
    function();
  } catch (const Error& error) {
    return {error.code(), error.what()};
  }
  return {};
}

std::string content_of(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator{file}, {}};
}

void write_file(const std::string& path, const std::string& content) {
  std::ofstream{path, std::ios::binary} << content;
}

unsigned mode_of(const std::string& path) {
  struct stat status{};
  return ::lstat(path.c_str(), &status) == 0 ? status.st_mode & ALLPERMS : 0;
}

}  // namespace weir::test
