// Drivers as values and as files.
#include "weir/gate/driver.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "gate/driver/bundle.h"
#include "support/largest_file.h"
#include "support/temporary_folder.h"
#include "sys/file_descriptor.h"
#include "weir/error.h"

namespace weir::test {
namespace {

using gate::Driver;
using gate::DriverVersion;

Bytes bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string content(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

std::size_t files_in(const TemporaryFolder& folder) {
  const std::filesystem::directory_iterator all{folder.path("")};
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

ErrorCode refusal(const std::string& path) {
  try {
    const Driver driver{path};
  } catch (const Error& error) {
    EXPECT_NE(std::string{error.what()}.find(path), std::string::npos);
    return error.code();
  }
  return {};
}

TEST(Driver, OfTheLibraryHasItsVersionAndIsUsable) {
  const Driver driver;
  EXPECT_EQ(driver.version(), gate::library_version());
  EXPECT_TRUE(driver.is_usable());
}

TEST(Driver, IsUsableFromTheLibrarysVersionOn) {
  const DriverVersion own = gate::library_version();
  const Driver driver;
  EXPECT_TRUE(driver.with_version({own.major, own.minor, own.build, 1}).is_usable());
  EXPECT_TRUE(driver.with_version({65535, 0, 0, 0}).is_usable());
  EXPECT_FALSE(driver.with_version({}).is_usable());
  EXPECT_FALSE(driver.with_version({own.major, 0, 65535, 65535}).is_usable());
}

TEST(Driver, OfAnotherInterfaceIsNotUsable) {
  const std::string octets = gate::octets_of({.version = {65535, 0, 0, 0},
                                              .interface = gate::driver_interface + 1,
                                              .programs = gate::built_in_programs()});
  EXPECT_FALSE((Driver{bytes_of(octets), "x.cab"}.is_usable()));
}

TEST(Driver, WithAnotherVersionHasTheSamePrograms) {
  const Driver driver;
  const Driver other = driver.with_version({2, 32, 6, 28});
  EXPECT_EQ(other.version(), (DriverVersion{2, 32, 6, 28}));
  EXPECT_NE(other.octets(), driver.octets());
  EXPECT_EQ(other.with_version(driver.version()).octets(), driver.octets());
}

TEST(Driver, IsReadFromWhatItWrites) {
  const TemporaryFolder folder;
  const Driver written = Driver{}.with_version({2, 32, 6, 28});
  written.write(folder.path("netfilter.cab"));
  EXPECT_EQ(content(folder.path("netfilter.cab")), written.octets());
  const Driver read{folder.path("netfilter.cab")};
  EXPECT_EQ(read.version(), written.version());
  EXPECT_EQ(read.octets(), written.octets());
}

TEST(Driver, IsWrittenForAllToReadWhateverTheMask) {
  const TemporaryFolder folder;
  const mode_t before = ::umask(0077);
  Driver{}.write(folder.path("a"));
  ::umask(before);
  struct stat status{};
  ASSERT_EQ(::stat(folder.path("a").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0644U);
}

TEST(Driver, ReplacesAFileInOneStep) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a", bytes_of("before"));
  std::ifstream before{path};
  Driver{}.write(path);
  EXPECT_EQ((std::string{std::istreambuf_iterator<char>{before}, {}}), "before");
  EXPECT_EQ(refusal(path), ErrorCode{});
  EXPECT_EQ(files_in(folder), 1U);
}

TEST(Driver, IsWrittenWhereALinkLeads) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a", bytes_of("before"));
  std::filesystem::create_symlink("a", folder.path("link"));
  Driver{}.write(folder.path("link"));
  EXPECT_TRUE(std::filesystem::is_symlink(folder.path("link")));
  EXPECT_EQ(content(path), Driver{}.octets());
}

TEST(Driver, IsWrittenIntoAPipeAndTakesNoPlaceOfOne) {
  const TemporaryFolder folder;
  const std::string path = folder.path("pipe");
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  const sys::FileDescriptor reader{::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC)};
  Driver{}.write(path);
  EXPECT_TRUE(std::filesystem::is_fifo(path));
  std::string piece(4'096, '\0');
  const ssize_t size = ::read(reader.number(), piece.data(), piece.size());
  ASSERT_GT(size, 0);
  EXPECT_EQ(piece.substr(0, static_cast<std::size_t>(size)), Driver{}.octets());
  EXPECT_EQ(files_in(folder), 1U);
}

TEST(Driver, ThatCannotBeWrittenLeavesWhatWasThere) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a", bytes_of("before"));
  {
    const LargestFile full{100};
    EXPECT_THROW(Driver{}.write(path), SystemError);
  }
  EXPECT_EQ(content(path), "before");
  EXPECT_EQ(files_in(folder), 1U);
  std::filesystem::create_directory(folder.path("b"));
  EXPECT_THROW(Driver{}.write(folder.path("b")), SystemError);
  EXPECT_THROW(Driver{}.write(folder.path("none/a")), SystemError);
  EXPECT_EQ(files_in(folder), 2U);
}

TEST(Driver, OfNoDriverIsRefused) {
  const TemporaryFolder folder;
  EXPECT_EQ(refusal(folder.path("none")), ErrorCode::not_found);
  EXPECT_EQ(refusal(folder.file("empty", {})), ErrorCode::unsupported_format);
  EXPECT_EQ(refusal(folder.file("text", bytes_of("text"))), ErrorCode::unsupported_format);
  EXPECT_EQ(refusal("/dev/zero"), ErrorCode::unsupported_format);
  std::string endless = Driver{}.octets();
  endless.resize(gate::most_bundle_bytes * 3);
  EXPECT_EQ(refusal(folder.file("endless", bytes_of(endless))), ErrorCode::damaged);
}

}  // namespace
}  // namespace weir::test
