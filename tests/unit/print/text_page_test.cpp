// docs/text.md says what packet text prints. With WEIR_UPDATE_DOCS set, the page is rewritten.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "print/printer.h"
#include "record/packet_fields.h"

namespace weir::print {
namespace {

std::string read_page() {
  std::ifstream file{WEIR_TEXT_PAGE};
  return {std::istreambuf_iterator<char>{file}, {}};
}

/// The protocols that have a printer, or those that have none.
std::string table_of(bool printed) {
  std::string table = "| protocol | what it is |\n|---|---|\n";
  for (const record::ProtocolFields& fields : record::packet_fields()) {
    if (has_printer(fields.protocol) != printed) continue;
    table +=
        "| `" + std::string{name(fields.protocol)} + "` | " + std::string{fields.title} + " |\n";
  }
  return table;
}

std::string with_section(std::string page, const std::string& section, const std::string& text) {
  const std::string begin = "<!-- begin " + section + " -->\n";
  const std::size_t from = page.find(begin);
  const std::size_t to = page.find("<!-- end " + section + " -->\n");
  if (from == std::string::npos || to == std::string::npos) {
    ADD_FAILURE() << "docs/text.md lacks the section " << section;
    return page;
  }
  return page.replace(from + begin.size(), to - from - begin.size(), text);
}

TEST(TextPage, SaysWhatIsPrinted) {
  std::string expected = with_section(read_page(), "printed", table_of(true));
  expected = with_section(expected, "not printed", table_of(false));
  if (std::getenv("WEIR_UPDATE_DOCS") != nullptr) {
    std::ofstream{WEIR_TEXT_PAGE} << expected;
  }
  EXPECT_TRUE(read_page() == expected)
      << "docs/text.md is out of date; run this test with WEIR_UPDATE_DOCS=1";
}

}  // namespace
}  // namespace weir::print
