// SHA-256 against the examples of FIPS 180-4 and between its two ways of compressing.
#include "weir/info/sha256.h"

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

#include "info/sha256_blocks.h"

namespace weir::info {
namespace {

Bytes bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string digest_of(std::string_view text) {
  Sha256 sha;
  sha.update(bytes_of(text));
  return sha.hex_digest();
}

TEST(Sha256, MatchesThePublishedExamples) {
  EXPECT_EQ(digest_of(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(digest_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(digest_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(digest_of(std::string(1'000'000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, DoesNotDependOnHowTheBytesAreCut) {
  const std::string text(200, 'x');
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    Sha256 sha;
    sha.update(bytes_of(std::string_view{text}.substr(0, cut)));
    sha.update(bytes_of(std::string_view{text}.substr(cut)));
    EXPECT_EQ(sha.hex_digest(), digest_of(text)) << cut;
  }
}

TEST(Sha256, StartsAnewAfterItsDigest) {
  Sha256 sha;
  sha.update(bytes_of("something else"));
  (void)sha.digest();
  sha.update(bytes_of("abc"));
  EXPECT_EQ(sha.hex_digest(), digest_of("abc"));
}

TEST(Sha256, InstructionsAgreeWithPortableCode) {
  std::vector<std::uint8_t> blocks(64 * 9);
  for (std::size_t i = 0; i < blocks.size(); ++i) blocks[i] = static_cast<std::uint8_t>(i * 37);
  Sha256State with{1, 2, 3, 4, 5, 6, 7, 8};
  Sha256State without = with;
  if (!compress_with_instructions(with, blocks.data(), 9)) GTEST_SKIP() << "no SHA instructions";
  compress_portable(without, blocks.data(), 9);
  EXPECT_EQ(with, without);
}

}  // namespace
}  // namespace weir::info
