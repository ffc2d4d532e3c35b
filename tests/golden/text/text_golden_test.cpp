// The text of the project's captures, line by line as tcpdump 4.99.3 prints it with -n.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "weir/print/packet_text.h"
#include "weir/savefile/reader.h"

namespace weir {
namespace {

const std::string folder = WEIR_GOLDEN_TEXT;
const std::string captures = WEIR_CAPTURES;

std::vector<std::string> lines_of(std::istream& in) {
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::vector<std::string> lines_of_file(const std::string& name) {
  std::ifstream file{folder + "/" + name};
  EXPECT_TRUE(file.is_open()) << name;
  return lines_of(file);
}

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells{""};
  for (const char c : line) {
    if (c == '\t') {
      cells.emplace_back();
    } else {
      cells.back().push_back(c);
    }
  }
  return cells;
}

std::vector<std::vector<std::string>> rows_of(const std::string& name) {
  std::vector<std::vector<std::string>> rows;
  for (const std::string& line : lines_of_file(name)) {
    if (!line.empty() && line.front() != '#') rows.push_back(cells_of(line));
  }
  return rows;
}

struct Case {
  std::string capture;
  std::string options;
  std::size_t limit = 0;
  std::string expected;
};

void PrintTo(const Case& golden, std::ostream* out) { *out << golden.expected; }

std::vector<Case> all_cases() {
  std::vector<Case> cases;
  for (const auto& row : rows_of("cases.tsv")) {
    cases.push_back({row.at(0), row.at(1), std::stoul(row.at(2)), row.at(3)});
  }
  return cases;
}

/// A line that is known to differ, by the file of the expected text and the line's number.
struct Difference {
  std::string expected;
  std::string got;
};

std::map<std::size_t, Difference> differences_of(const std::string& file) {
  std::map<std::size_t, Difference> known;
  for (const auto& row : rows_of("differences.tsv")) {
    if (row.at(0) == file) known[std::stoul(row.at(1))] = {row.at(2), row.at(3)};
  }
  return known;
}

print::PacketTextOptions parse(const std::string& words) {
  static const std::map<std::string, void (*)(print::PacketTextOptions&)> known{
      {"-t", [](auto& o) { o.time = print::TimeFormat::none; }},
      {"-tt", [](auto& o) { o.time = print::TimeFormat::epoch; }},
      {"-ttt", [](auto& o) { o.time = print::TimeFormat::delta; }},
      {"-tttt", [](auto& o) { o.time = print::TimeFormat::date; }},
      {"-ttttt", [](auto& o) { o.time = print::TimeFormat::since_first; }},
      {"--nano", [](auto& o) { o.nanoseconds = true; }},
      {"--number", [](auto& o) { o.number = true; }},
      {"-e", [](auto& o) { o.link_header = true; }},
      {"-v", [](auto& o) { o.verbosity = 1; }},
      {"-vv", [](auto& o) { o.verbosity = 2; }},
      {"-vvv", [](auto& o) { o.verbosity = 3; }},
      {"-q", [](auto& o) { o.quick = true; }},
      {"-S", [](auto& o) { o.absolute_sequence = true; }},
      {"-x", [](auto& o) { o.dump = print::Dump::hex; }},
      {"-xx", [](auto& o) { o.dump = print::Dump::hex_all; }},
      {"-X", [](auto& o) { o.dump = print::Dump::hex_text; }},
      {"-XX", [](auto& o) { o.dump = print::Dump::hex_text_all; }},
      {"-A", [](auto& o) { o.dump = print::Dump::characters; }},
      {"-AA", [](auto& o) { o.dump = print::Dump::characters_all; }},
  };
  print::PacketTextOptions options;
  std::istringstream in{words};
  for (std::string word; in >> word;) known.at(word)(options);
  return options;
}

std::string printed(const Case& test) {
  savefile::Reader reader{captures + "/" + test.capture};
  print::PacketText text{parse(test.options)};
  std::string out;
  std::size_t count = 0;
  for (const Packet& packet : reader) {
    if (test.limit != 0 && count++ == test.limit) break;
    text.append(out, packet, wire::decode(packet));
  }
  return out;
}

class TextOfCapture : public testing::TestWithParam<Case> {
 protected:
  TextOfCapture() {
    setenv("TZ", "UTC", 1);
    tzset();
  }
};

TEST_P(TextOfCapture, IsWhatTcpdumpPrints) {
  const Case& test = GetParam();
  std::istringstream out{printed(test)};
  const std::vector<std::string> got = lines_of(out);
  const std::vector<std::string> expected = lines_of_file(test.expected);
  auto known = differences_of(test.expected);
  ASSERT_EQ(got.size(), expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    if (got[i] == expected[i]) continue;
    const auto row = known.find(i + 1);
    if (row == known.end()) {
      ADD_FAILURE() << test.expected << " line " << i + 1 << "\nexpected " << expected[i]
                    << "\ngot      " << got[i];
      continue;
    }
    EXPECT_EQ(row->second.expected, expected[i]) << "the row of line " << i + 1 << " is stale";
    EXPECT_EQ(row->second.got, got[i]) << "the row of line " << i + 1 << " is stale";
    known.erase(row);
  }
  for (const auto& [line, row] : known) {
    ADD_FAILURE() << "line " << line << " of " << test.expected << " no longer differs";
  }
}

std::string case_name(const testing::TestParamInfo<Case>& info) {
  return info.param.expected.substr(0, info.param.expected.find('.'));
}

INSTANTIATE_TEST_SUITE_P(Tcpdump, TextOfCapture, testing::ValuesIn(all_cases()), case_name);

TEST(CutPackets, PrintNothingUnprintable) {
  for (const char* const capture : {"neighbours.pcap", "dns.pcap.gz", "http.pcap", "tls.pcapng",
                                    "ssh.pcap", "tunnels.pcap", "cooked.pcap", "raw.pcap"}) {
    savefile::Reader reader{captures + "/" + capture};
    print::PacketText text{parse("-e -vvv -A")};
    std::string out;
    std::size_t count = 0;
    for (Packet packet : reader) {
      if (count++ == 60) break;
      for (; !packet.data.empty(); packet.data = packet.data.first(packet.data.size() - 1)) {
        out.clear();
        text.append(out, packet, wire::decode(packet));
        ASSERT_TRUE(std::ranges::all_of(
            out, [](char c) { return (c >= 0x20 && c < 0x7f) || c == '\n' || c == '\t'; }))
            << capture << ", packet " << count << " cut to " << packet.data.size() << ": " << out;
      }
    }
  }
}

TEST(Differences, NameCasesThatExist) {
  for (const auto& row : rows_of("differences.tsv")) {
    ASSERT_EQ(row.size(), 5U) << row.at(0);
    bool found = false;
    for (const Case& test : all_cases()) found = found || test.expected == row.at(0);
    EXPECT_TRUE(found) << row.at(0);
  }
}

}  // namespace
}  // namespace weir
