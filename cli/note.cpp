// Notes as text or JSON.
#include "cli/note.h"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "cli/json_line.h"
#include "weir/printable.h"

namespace weir::cli {

void tell(const Note& note, ErrorStyle style) {
  if (style == ErrorStyle::text) {
    return tell_line(std::string{program_name} + ": " + note.message);
  }
  nlohmann::ordered_json line{{"type", "note"}, {"kind", note.kind}, {"message", note.message}};
  if (!note.file.empty()) line["file"] = note.file;
  for (const auto& [name, count] : note.counts) line[name] = count;
  tell_json_line(line);
}

void tell_line(std::string_view line) {
  std::string text = printable(line);
  text += '\n';
  std::fputs(text.c_str(), stderr);
}

std::string plural(std::uint64_t count, const char* one, const char* many) {
  return std::to_string(count) + ' ' + (count == 1 ? one : many);
}

}  // namespace weir::cli
