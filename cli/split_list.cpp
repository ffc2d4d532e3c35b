// Splits lists.
#include "cli/split_list.h"

namespace weir::cli {

std::vector<std::string> split_list(const std::string& list) {
  std::vector<std::string> words;
  if (list.empty()) return words;
  std::size_t start = 0;
  for (std::size_t comma = 0; comma != std::string::npos; start = comma + 1) {
    comma = list.find(',', start);
    words.push_back(list.substr(start, comma - start));
  }
  return words;
}

}  // namespace weir::cli
