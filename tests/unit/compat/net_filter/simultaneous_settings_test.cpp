// Settings of an installation that several objects, as several processes do, change at once; and
// what those know of it who may not read it.
#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "unit/compat/net_filter/initialized.h"
#include "unit/gate/store/store_fixture.h"

namespace weir::test {
namespace {

using compat::NetFilter;

using NetFilterSimultaneousSettings = InitializedTest;

TEST_F(NetFilterSimultaneousSettings, KeepWhatOthersHaveSet) {
  // B-124 B-126
  std::atomic<bool> is_over{false};
  std::vector<std::thread> others;
  for (int i = 0; i < 4; ++i) {
    others.emplace_back([&] {
      NetFilter mine;
      mine.initialize(guid);
      while (!is_over) static_cast<void>(mine.config("LoggingEnabled=False"));
    });
  }
  for (int i = 1; i <= 200 && !HasFailure(); ++i) {
    filter.set_altitude(i);
    std::this_thread::sleep_for(std::chrono::microseconds{500});
    EXPECT_EQ(filter.get_altitude(), i);
  }
  is_over = true;
  for (std::thread& other : others) other.join();
}

TEST_F(NetFilterSimultaneousSettings, LetAnybodyKnowOfADriverThatIsOlder) {
  // B-79 B-136: what it has in it is root's to read
  state.install({.version = {0, 0, 0, 1}, .product = other_guid});
  EXPECT_EQ(without_rights([&] {
              NetFilter mine;
              return std::to_string(code_of([&] { mine.initialize(other_guid); }));
            }),
            "340");
}

}  // namespace
}  // namespace weir::test
