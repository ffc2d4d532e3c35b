// Manifests and settings as text: what is written is read, anything else is refused.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "gate/store/manifest.h"
#include "gate/store/state_text.h"
#include "weir/error.h"
#include "wire/crc32.h"

namespace weir::test {
namespace {

using gate::DriverSettings;
using gate::Manifest;
using gate::StateTextWriter;

const Manifest manifest{.versions = {{1, 0, 0, 0}, {1, 0, 0, 1}, {2, 32, 6, 28}},
                        .origin = "/opt/a b/netfilter.cab",
                        .settings = 7};
const DriverSettings settings{.altitude = -1,
                              .checks_rights = true,
                              .logs = false,
                              .controllers = {"/usr/bin/a", "/usr/bin/b c"}};

ErrorCode code_of_manifest(const std::string& text) {
  try {
    (void)gate::parse_manifest(text, "file");
  } catch (const FormatError& error) {
    EXPECT_TRUE(std::string{error.what()}.starts_with("file: ")) << error.what();
    return error.code();
  }
  return ErrorCode{};
}
ErrorCode code_of_settings(const std::string& text) {
  try {
    (void)gate::parse_settings(text, "file");
  } catch (const FormatError& error) {
    return error.code();
  }
  return ErrorCode{};
}

/// With a right checksum.
std::string manifest_of(std::initializer_list<std::pair<std::string, std::string>> lines) {
  StateTextWriter text{"manifest"};
  for (const auto& [name, value] : lines) text.add(name, value);
  return text.take();
}

TEST(StateText, IsReadAsItWasWritten) {
  EXPECT_EQ(gate::parse_manifest(text_of(manifest), "file"), manifest);
  EXPECT_EQ(gate::parse_settings(text_of(settings), "file"), settings);
  EXPECT_EQ(gate::parse_settings(text_of(DriverSettings{}), "file"), DriverSettings{});
  DriverSettings extreme{.altitude = INT32_MIN};
  EXPECT_EQ(gate::parse_settings(text_of(extreme), "file"), extreme);
}

TEST(StateText, CanBeReadByPeople) {
  EXPECT_TRUE(
      text_of(manifest).starts_with("format: weir manifest 1\nversion: 1.0.0.0\n"
                                    "version: 1.0.0.1\nversion: 2.32.6.28\n"
                                    "origin: /opt/a b/netfilter.cab\nsettings: 7\n"
                                    "checksum: "));
  EXPECT_TRUE(
      text_of(settings).starts_with("format: weir settings 1\naltitude: -1\n"
                                    "checks-rights: yes\nlogs: no\n"
                                    "controller: /usr/bin/a\ncontroller: /usr/bin/b c\n"
                                    "checksum: "));
}

TEST(StateText, EveryShorterTextIsDamaged) {
  const std::string text = text_of(manifest);
  const std::string other = text_of(settings);
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_EQ(code_of_manifest(text.substr(0, size)), ErrorCode::damaged) << size;
  }
  for (std::size_t size = 0; size < other.size(); ++size) {
    EXPECT_EQ(code_of_settings(other.substr(0, size)), ErrorCode::damaged) << size;
  }
  EXPECT_EQ(code_of_manifest(text + '\n'), ErrorCode::damaged);
  EXPECT_EQ(code_of_manifest(other), ErrorCode::damaged);
}

TEST(StateText, EveryOtherByteIsDamage) {
  const std::string text = text_of(manifest);
  const std::size_t format = text.find('1');
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (const int bit : {1, 2, 4, 8, 16, 32, 64, 128}) {
      std::string other = text;
      other[i] = static_cast<char>(other[i] ^ bit);
      const ErrorCode code = code_of_manifest(other);
      const bool is_format = i == format && code == ErrorCode::unsupported_format;
      EXPECT_TRUE(code == ErrorCode::damaged || is_format) << i << ' ' << bit;
    }
  }
}

TEST(StateText, AnotherFormatIsSaidToBeOne) {
  std::string text = text_of(manifest);
  text.replace(text.find(" 1\n"), 3, " 12\nwhatever: else\n");
  EXPECT_EQ(code_of_manifest(text), ErrorCode::unsupported_format);
}

TEST(StateText, AFormatIsWrittenInOneWay) {
  for (const char* number : {"01", "+1", "0", "-1", "1 ", "", "99999999999"}) {
    std::string text = text_of(settings);
    text.replace(text.find(" 1\n") + 1, 1, number);
    text.resize(text.find("checksum: "));
    wire::EthernetCrc sum;
    sum.add({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
    text += fmt::format("checksum: {:08x}\n", sum.value());
    EXPECT_EQ(code_of_settings(text), ErrorCode::damaged) << number;
  }
}

TEST(StateText, ValuesAreCheckedBehindTheChecksum) {
  using Line = std::pair<std::string, std::string>;
  const Line version{"version", "1.0.0.0"};
  const Line origin{"origin", "/a"};
  const Line number{"settings", "1"};
  EXPECT_EQ(code_of_manifest(manifest_of({version, origin, number})), ErrorCode{});
  for (const std::string& refused : {
           manifest_of({}),
           manifest_of({origin, number}),
           manifest_of({version, number}),
           manifest_of({version, origin}),
           manifest_of({version, version, origin, number}),
           manifest_of({{"version", "2.0.0.0"}, version, origin, number}),
           manifest_of({{"version", "1.0"}, origin, number}),
           manifest_of({{"version", "1.0.0.00"}, origin, number}),
           manifest_of({{"version", "x"}, origin, number}),
           manifest_of({version, {"origin", "a"}, number}),
           manifest_of({version, {"origin", ""}, number}),
           manifest_of({version, {"origin", '/' + std::string(4096, 'a')}, number}),
           manifest_of({version, {"origin", std::string{"/a\0b", 4}}, number}),
           manifest_of({version, origin, {"settings", "01"}}),
           manifest_of({version, origin, {"settings", "-1"}}),
           manifest_of({version, origin, {"settings", ""}}),
           manifest_of({version, origin, {"settings", "18446744073709551615"}}),
           manifest_of({version, origin, {"settings", "99999999999999999999999"}}),
           manifest_of({version, origin, number, number}),
       }) {
    EXPECT_EQ(code_of_manifest(refused), ErrorCode::damaged) << refused;
  }
}

TEST(StateText, TablesHaveAnEnd) {
  StateTextWriter many{"manifest"};
  for (std::size_t i = 0; i <= gate::max_versions; ++i) {
    many.add("version", "1.0.0." + std::to_string(i));
  }
  many.add("origin", "/a");
  many.add("settings", "1");
  EXPECT_EQ(code_of_manifest(many.take()), ErrorCode::damaged);
  StateTextWriter controllers{"settings"};
  controllers.add("altitude", "0");
  controllers.add("checks-rights", "no");
  controllers.add("logs", "no");
  for (std::size_t i = 0; i <= gate::max_controllers; ++i) controllers.add("controller", "/a");
  EXPECT_EQ(code_of_settings(controllers.take()), ErrorCode::damaged);
  std::string long_text = text_of(manifest);
  long_text.insert(0, gate::max_state_text, ' ');
  EXPECT_EQ(code_of_manifest(long_text), ErrorCode::damaged);
}

TEST(StateText, SettingsThatNoFileCanHoldAreRefused) {
  const auto is_refused = [](const std::vector<std::string>& controllers) {
    try {
      gate::check_settings({.controllers = controllers});
    } catch (const Error& error) {
      return error.code() == ErrorCode::invalid_argument;
    }
    return false;
  };
  EXPECT_FALSE(is_refused({"/usr/bin/a", "/usr/bin/b"}));
  EXPECT_TRUE(is_refused({"a"}));
  EXPECT_TRUE(is_refused({""}));
  EXPECT_TRUE(is_refused({"/a\n/b"}));
  EXPECT_TRUE(is_refused({'/' + std::string(4096, 'a')}));
  EXPECT_TRUE(is_refused(std::vector<std::string>(gate::max_controllers + 1, "/a")));
  EXPECT_TRUE(is_refused(std::vector<std::string>(20, '/' + std::string(4000, 'a'))));
  EXPECT_THROW(gate::check_origin("/a\nb"), Error);
}

}  // namespace
}  // namespace weir::test
