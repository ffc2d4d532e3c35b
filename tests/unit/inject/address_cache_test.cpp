// What is known by address, where there is room for less.
#include "inject/address_cache.h"

#include <gtest/gtest.h>

namespace weir::inject {
namespace {

IpAddress host(std::uint32_t number) {
  Ipv4Address address;
  store_be(address.octets.data(), 0x0a000000U + number);
  return address;
}

TEST(address_cache, forgets_some_and_mixes_up_none) {
  constexpr std::uint32_t hosts = 1000;
  AddressCache<std::uint32_t> cache{4};
  EXPECT_EQ(cache.find(host(0)), nullptr);
  for (std::uint32_t i = 0; i < hosts; ++i) {
    EXPECT_EQ(cache.find(host(i)), nullptr);
    cache.put(host(i), i) += hosts;
    ASSERT_NE(cache.find(host(i)), nullptr);
  }
  std::size_t known = 0;
  for (std::uint32_t i = 0; i < hosts; ++i) {
    const std::uint32_t* const value = cache.find(host(i));
    if (value == nullptr) continue;
    ++known;
    EXPECT_EQ(*value, hosts + i);
  }
  EXPECT_EQ(known, 4U * 8);
}

}  // namespace
}  // namespace weir::inject
