// Teller: who tells never waits for a handler, and handlers are called one after another.
#include "gate/teller.h"

#include <gtest/gtest.h>

#include <latch>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace weir::gate {
namespace {

using Where = GateError::Where;

TEST(Teller, TellsInOrderAndAllBeforeItEnds) {
  std::vector<std::string> told;
  const Handlers handlers{
      .on_error = [&](const GateError& error) { told.push_back(error.message); },
      .on_adapter = [&](const std::string& name,
                        bool came) { told.push_back(name + (came ? "+" : "-")); }};
  {
    Teller teller{handlers};
    teller.start();
    teller.adapter("v0", true);
    teller.error({.where = Where::kernel, .message = "what"});
    teller.settle();
    EXPECT_EQ(told, (std::vector<std::string>{"v0+", "what"}));
    teller.adapter("v0", false);
  }
  EXPECT_EQ(told.back(), "v0-");
}

TEST(Teller, WhoTellsMayHoldWhatTheHandlerWaitsFor) {
  std::latch released{1};
  int told = 0;
  const Handlers handlers{.on_error = [&](const GateError&) {
    released.wait();
    ++told;
  }};
  Teller teller{handlers};
  teller.start();
  teller.error({});
  teller.error({});
  released.count_down();
  teller.settle();
  EXPECT_EQ(told, 2);
}

TEST(Teller, ThrowsAwayWhatItHasToldWithoutItsLock) {
  int told = 0;
  const Handlers handlers{.on_error = [&](const GateError&) { ++told; }};
  Teller teller{handlers};
  teller.start();
  const auto exception = [&teller] {
    const std::shared_ptr<void> tells_at_its_end{
        &teller, [](void* to) { static_cast<Teller*>(to)->error({}); }};
    return std::make_exception_ptr(tells_at_its_end);
  };
  teller.error({.exception = exception()});
  while (told < 2) teller.settle();
  EXPECT_EQ(told, 2);
}

TEST(Teller, AHandlerThatThrowsIsAnError) {
  std::vector<std::string> told;
  const Handlers handlers{
      .on_error =
          [&](const GateError& error) {
            told.push_back(error.message);
            EXPECT_THROW(std::rethrow_exception(error.exception), std::out_of_range);
            throw std::runtime_error{"nobody hears this"};
          },
      .on_adapter = [](const std::string&, bool) { throw std::out_of_range{"far"}; }};
  Teller teller{handlers};
  teller.start();
  teller.adapter("v0", true);
  teller.settle();
  EXPECT_EQ(told, (std::vector<std::string>{"adapter handler: far"}));
}

TEST(Teller, CountsWhatComesTooFast) {
  std::latch begun{1};
  std::latch released{1};
  std::vector<std::string> told;
  const Handlers handlers{.on_error = [&](const GateError& error) {
    if (told.empty()) {
      begun.count_down();
      released.wait();
    }
    told.push_back(error.message);
  }};
  Teller teller{handlers};
  teller.start();
  teller.error({.message = "first"});
  begun.wait();
  for (std::size_t i = 0; i < Teller::most_waiting + 3; ++i) teller.error({.message = "more"});
  released.count_down();
  teller.settle();
  ASSERT_EQ(told.size(), Teller::most_waiting + 2);
  EXPECT_EQ(told.back(), "3 more errors came too fast to be told");
}

TEST(Teller, HasNothingToDoWhereNobodyListens) {
  const Handlers handlers{};
  Teller teller{handlers};
  teller.start();
  teller.error({});
  teller.adapter("v0", true);
  teller.settle();
}

}  // namespace
}  // namespace weir::gate
