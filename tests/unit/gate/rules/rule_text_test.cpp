// Rules as text: what is read, what is refused and where, and that what is written is read again.
#include "weir/gate/rule_text.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace weir::gate {
namespace {

using std::chrono::milliseconds;

TEST(RuleText, ReadsEveryPart) {
  const Rule rule = parse_rule(
      "hold out on eth0 len 60..1500 set ttl 5; set dport 8080; set dst 2001:db8::9; delay 20ms"
      " : udp port 53 ");
  EXPECT_EQ(rule.action, Action::hold);
  EXPECT_EQ(rule.direction, Direction::out);
  EXPECT_EQ(rule.adapter, "eth0");
  EXPECT_EQ(rule.min_length, 60U);
  EXPECT_EQ(rule.max_length, 1500U);
  EXPECT_EQ(rule.changes, (std::vector<Change>{SetTtl{5}, SetDestinationPort{8080},
                                               SetDestination{*parse_ip("2001:db8::9")}}));
  EXPECT_EQ(rule.delay, milliseconds{20});
  EXPECT_EQ(rule.filter, "udp port 53");
  EXPECT_EQ(rule.id, "");
}

TEST(RuleText, LeavesOutWhatIsNotTold) {
  EXPECT_EQ(parse_rule("drop any"), (Rule{.action = Action::drop}));
  EXPECT_EQ(parse_rule("pass in len 60.."),
            (Rule{.action = Action::pass, .direction = Direction::in, .min_length = 60}));
  EXPECT_EQ(parse_rule("notify in len ..60"),
            (Rule{.action = Action::notify, .direction = Direction::in, .max_length = 60}));
}

TEST(RuleText, TakesConditionsInAnyOrder) {
  const Rule wanted = parse_rule("hold in on lo len 1..2 set ttl 5; delay 1s : tcp");
  EXPECT_EQ(parse_rule("hold set ttl 5;delay 1s len 1..2 on lo in: tcp"), wanted);
  EXPECT_EQ(parse_rule("hold len 1..2 set ttl 5 ; delay 1000ms on lo in :tcp"), wanted);
}

TEST(RuleText, KeepsColonsOfTheFilterAndOfQuotedNames) {
  EXPECT_EQ(parse_rule("drop in : ether host 02:00:00:00:00:01").filter,
            "ether host 02:00:00:00:00:01");
  EXPECT_EQ(parse_rule("drop in on \"a b: c\" : ip").adapter, "a b: c");
}

struct Refused {
  const char* text;
  std::size_t position;
  const char* words;
};

TEST(RuleText, RefusesAndTellsWhere) {
  const std::vector<Refused> all{
      {"", 0, "no rule"},
      {"   # nothing", 3, "'#' is no action"},
      {"allow in", 0, "'allow' is no action: pass, accept, drop, notify or hold"},
      {"dropp in", 0, "did you mean drop?"},
      {"drop", 4, "in, out or any is missing"},
      {"drop : ip", 5, "in, out or any is missing"},
      {"drop in out", 8, "'out': that has been told before"},
      {"drop in udp port 53", 8, "'udp' cannot stand here"},
      {"drop in on", 10, "the name of an adapter is missing"},
      {"drop in on : ip", 11, "the name of an adapter is missing"},
      {"drop in on \"eth0 : ip", 11, "quotes that do not end"},
      {"drop in on a on b", 13, "'on': that has been told before"},
      {"drop in len 60", 12, "'60' is no range of lengths"},
      {"drop in len ..", 12, "'..' is no range of lengths"},
      {"drop in len 9..8", 12, "'9..8' is no range of lengths"},
      {"drop in len 0..4294967296", 12, "is no range of lengths"},
      {"drop in len", 11, "'' is no range of lengths"},
      {"drop in len 1..2 len 1..2", 17, "'len': that has been told before"},
      {"drop in set ttl 5", 8, "only rules that hold change or delay packets"},
      {"notify in delay 5ms", 10, "only rules that hold change or delay packets"},
      {"hold in set ttl 256", 16, "'256' is not a time to live, 0 to 255"},
      {"hold in set dport 0", 8, "a destination port of 0"},
      {"hold in set dport 65536", 18, "'65536' is not a port"},
      {"hold in set dst 1.2.3", 16, "'1.2.3' is not an IP address"},
      {"hold in set src 1.2.3.4", 12, "'src' cannot be set: ttl, dport or dst"},
      {"hold in set ttl 1; set ttl 2", 19, "set twice"},
      {"hold in set ttl 1; : ip", 19, "set or delay is missing behind the semicolon"},
      {"hold in set ttl 1 set dport 2", 18, "'set': that has been told before"},
      {"hold in delay 1", 0, nullptr},
      {"hold in delay 1x", 14, "'1x' is not a number with one of the units"},
      {"hold in delay 61m", 8, "a delay of more than 1h"},
      {"hold in delay 1s; delay 2s", 18, "'delay': that has been told before"},
      {"drop in :", 9, "no filter behind the colon"},
      {"drop in : udp prot 53", 14, "prot"},
      {"drop in : host no.such.example", 15, "no.such.example"},
  };
  for (const Refused& one : all) {
    SCOPED_TRACE(one.text);
    if (one.words == nullptr) {
      EXPECT_NO_THROW(static_cast<void>(parse_rule(one.text)));
      continue;
    }
    try {
      static_cast<void>(parse_rule(one.text));
      ADD_FAILURE() << "taken";
    } catch (const FilterError& error) {
      EXPECT_EQ(error.code(), ErrorCode::filter_syntax);
      EXPECT_EQ(error.expression(), one.text);
      EXPECT_EQ(error.position(), one.position) << error.what();
      EXPECT_NE(std::string{error.what()}.find(one.words), std::string::npos) << error.what();
    }
  }
}

TEST(RuleText, TakesFiltersThatEitherLinkTypeTakes) {
  EXPECT_NO_THROW(static_cast<void>(parse_rule("drop in : ether src 02:00:00:00:00:01")));
  EXPECT_NO_THROW(static_cast<void>(parse_rule("drop in : ip proto 6")));
  EXPECT_THROW(static_cast<void>(parse_rule("drop in : wlan type mgt")), FilterError);
}

TEST(RuleText, ReadsWhatItWrites) {
  for (const char* text : {
           "pass any",
           "accept out len ..90 : udp",
           "drop in on eth0 : tcp port 80",
           "notify out len 60..1500",
           "hold any len 60.. set ttl 5; set dport 8080; set dst 192.0.2.9; delay 20ms : udp",
           "hold in len ..1500 set dst 2001:db8::1",
           "hold in delay 1500us",
           "hold in delay 1h",
           "hold in delay 1ns",
           "hold in on \"a b\" : ip",
       }) {
    EXPECT_EQ(text_of(parse_rule(text)), text);
    EXPECT_EQ(parse_rule(text_of(parse_rule(text))), parse_rule(text));
  }
}

TEST(RuleText, LinesAreRulesOrLeftOut) {
  const std::vector<Rule> rules =
      parse_rules("# first\n\ndrop in : udp\r\n\t # not this\n  pass any", "rules");
  ASSERT_EQ(rules.size(), 2U);
  EXPECT_EQ(rules[0], parse_rule("drop in : udp"));
  EXPECT_EQ(rules[1], parse_rule("pass any"));
  EXPECT_TRUE(parse_rules("", "rules").empty());
}

TEST(RuleText, TellsTheLineThatIsWrongWithACaret) {
  const std::string text = "# 1\n# 2\n# 3\n# 4\n# 5\ndrop in : tcp\ndrop in : tpc\npass any\n";
  try {
    static_cast<void>(parse_rules(text, "my.rules"));
    FAIL() << "taken";
  } catch (const FormatError& error) {
    const std::string words = error.what();
    EXPECT_TRUE(words.starts_with("my.rules:7: ")) << words;
    EXPECT_NE(words.find("\ndrop in : tpc\n          ^"), std::string::npos) << words;
    EXPECT_EQ(error.code(), ErrorCode::filter_syntax);
    EXPECT_EQ(error.offset(), text.find("tpc"));
  }
}

TEST(RuleText, NamesActions) {
  EXPECT_STREQ(name(Action::pass), "pass");
  EXPECT_STREQ(name(Action::accept), "accept");
  EXPECT_STREQ(name(Action::drop), "drop");
  EXPECT_STREQ(name(Action::hold), "hold");
  EXPECT_STREQ(name(Action::notify), "notify");
}

}  // namespace
}  // namespace weir::gate
