// SHA-256 against the examples of FIPS 180-4.
#include "weir/stores/sha256.h"

#include <gtest/gtest.h>

#include <string_view>

namespace weir::stores {
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
  (void)sha.hex_digest();
  sha.update(bytes_of("abc"));
  EXPECT_EQ(sha.hex_digest(), digest_of("abc"));
}

}  // namespace
}  // namespace weir::stores
