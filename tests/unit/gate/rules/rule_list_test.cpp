// The list of a gate's rules: what they are known by, whatever others come and go.
#include "gate/rules/rule_list.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "gate/kernel/maps.h"

namespace weir::gate {
namespace {

TEST(RuleList, ARuleThatStaysSharesItsNumberWithNone) {
  const Rule stays{.id = "stays", .action = Action::drop};
  RuleList list;
  list.add(stays);
  // Numbers are given again once each of them has been.
  for (std::uint32_t i = 0; i < Maps::most_rules + 2; ++i) {
    list.replace({{.id = "other" + std::to_string(i)}, stays});
    const auto& entries = list.entries();
    ASSERT_EQ(entries.size(), 2U);
    ASSERT_NE(entries[0]->number, entries[1]->number) << i;
    ASSERT_EQ(entries[1]->number, 0U);
  }
}

TEST(RuleList, ARuleWithoutAnIdGetsNoneOfARuleThatStays) {
  const Rule stays{.id = "2", .action = Action::drop};
  RuleList list;
  list.add({});
  list.add(stays);
  list.replace({{.min_length = 100}, {.min_length = 200}, stays});
  std::set<std::string> ids;
  for (const auto& entry : list.entries()) ids.insert(entry->rule.id);
  EXPECT_EQ(ids.size(), 3U);
}

TEST(RuleList, AsManyOthersTakeThePlaceOfAll) {
  constexpr int many = 3'000;
  RuleList list;
  for (const std::uint32_t length : {1U, 2U}) {
    std::vector<Rule> rules(many, {.action = Action::drop, .min_length = length});
    list.replace(std::move(rules));
    EXPECT_EQ(list.entries().size(), std::size_t{many});
  }
}

TEST(RuleList, AFilterThatIsCompiledAlreadyMayHaveNames) {
  Rule named{.filter = "host localhost"};
  RuleList names;
  EXPECT_THROW(names.add(named), FilterError);
  named.compiled = std::make_shared<const filter::Filter>(
      named.filter, filter::FilterOptions{.allow_names = true});
  names.add(named);
  const std::vector<RuleAdapter> adapters{{.index = 1, .names = {"eth0"}, .link = 0},
                                          {.index = 2, .names = {"tun0"}, .link = 1}};
  for (const std::vector<RuleCode>& code : names.code(adapters)) {
    ASSERT_EQ(code.size(), 1U);
    EXPECT_FALSE(code[0].filter.empty());
  }
}

TEST(RuleList, ARuleThatIsGivenTwiceStaysOnce) {
  RuleList list;
  list.add({.id = "one"});
  EXPECT_THROW(list.replace({{.id = "one"}, {.id = "one"}}), Error);
}

TEST(RuleList, SaysHowManyRulesThereMayBe) {
  RuleList list;
  for (int i = 0; i < 4'095; ++i) (void)list.add({});
  try {
    (void)list.add({});
    ADD_FAILURE() << "one more";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "too many rules: a gate has at most 4095");
  }
}

}  // namespace
}  // namespace weir::gate
