// Joins words and reads filter files.
#include "filter_text.h"

#include <cerrno>
#include <cstdio>
#include <memory>

#include "weir/error.h"
#include "weir/filter/compile.h"

namespace weir::cli {

std::string join(std::span<const std::string> words) {
  std::string text;
  for (const std::string& word : words) {
    if (!text.empty()) text += ' ';
    text += word;
  }
  return text;
}

// One byte more than a filter may have is enough to see that it is too long.
std::string read_filter_file(const std::string& path) {
  struct Close {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
  };
  const std::unique_ptr<std::FILE, Close> file{std::fopen(path.c_str(), "rbe")};
  if (!file) throw SystemError{errno, "open filter file " + path};
  std::string text(filter::max_expression + 1, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  if (std::ferror(file.get()) != 0) throw SystemError{errno, "read filter file " + path};
  bool in_comment = false;
  for (char& c : text) {
    in_comment = c != '\n' && (in_comment || c == '#');
    if (in_comment) c = ' ';
  }
  return text;
}

}  // namespace weir::cli
