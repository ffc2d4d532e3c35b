// docs/json.md says what the field tables say. With WEIR_UPDATE_DOCS set, the page is rewritten.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "info/record.h"
#include "record/packet_fields.h"
#include "record/packet_record.h"
#include "weir/record/flow_row.h"
#include "weir/record/history_row.h"

namespace weir::record {
namespace {

std::string read_page() {
  std::ifstream file{WEIR_JSON_PAGE};
  return {std::istreambuf_iterator<char>{file}, {}};
}

void add_row(std::string& table, std::string_view field, std::string_view kind,
             std::string_view meaning) {
  table += "| `" + std::string{field} + "` | " + std::string{kind} + " | " + std::string{meaning} +
           " |\n";
}

std::string table_of(const auto& fields) {
  std::string table = "| field | kind | meaning |\n|---|---|---|\n";
  for (const auto& field : fields) add_row(table, field.name, name(field.kind), field.meaning);
  return table;
}

std::string protocols_text() {
  std::string text;
  const auto add = [&text](const ProtocolFields& fields) {
    text += "**`" + std::string{name(fields.protocol)} + "`**: " + std::string{fields.title};
    text += fields.fields.empty() ? "; an empty object.\n\n" : ".\n\n";
    if (!fields.fields.empty()) text += table_of(fields.fields) + '\n';
  };
  for (const ProtocolFields& fields : packet_fields()) {
    add(fields);
    if (fields.protocol == sll2_fields().protocol) add(sll2_fields());
    if (fields.protocol == avs_fields().protocol) add(avs_fields());
  }
  text.pop_back();
  return text;
}

/// The page with the text between the two markers of a section replaced.
std::string with_section(std::string page, const std::string& section, const std::string& text) {
  const std::string begin = "<!-- begin " + section + " -->\n";
  const std::string end = "<!-- end " + section + " -->\n";
  const std::size_t from = page.find(begin);
  const std::size_t to = page.find(end);
  if (from == std::string::npos || to == std::string::npos) {
    ADD_FAILURE() << "docs/json.md lacks the section " << section;
    return page;
  }
  return page.replace(from + begin.size(), to - from - begin.size(), text);
}

TEST(JsonPage, SaysWhatTheFieldTablesSay) {
  const std::string page = read_page();
  std::string expected = with_section(page, "flow", table_of(flow_row_fields()));
  expected = with_section(expected, "flow_packet", table_of(history_row_fields()));
  expected = with_section(expected, "packet", table_of(packet_record_fields()));
  expected = with_section(expected, "packet end", table_of(packet_record_end_fields()));
  expected = with_section(expected, "protocols", protocols_text());
  expected = with_section(expected, "info", table_of(info::summary_fields()));
  if (std::getenv("WEIR_UPDATE_DOCS") != nullptr) {
    std::ofstream{WEIR_JSON_PAGE} << expected;
  }
  EXPECT_TRUE(read_page() == expected)
      << "docs/json.md is out of date; run this test with WEIR_UPDATE_DOCS=1";
}

}  // namespace
}  // namespace weir::record
