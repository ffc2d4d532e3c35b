// How JSON is written where a record has no table of fields.
#include "cli/json_line.h"

#include <fmt/chrono.h>

#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "cli/output/standard_output.h"

namespace weir::cli {
namespace {

std::string text_of(const nlohmann::ordered_json& object) {
  return object.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace) + '\n';
}

}  // namespace

void add_time(nlohmann::ordered_json& object, const std::string& key, Timestamp time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  object[key] =
      fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:09}Z", fmt::gmtime(seconds.time_since_epoch().count()),
                  (time - seconds).count());
  object[key + "_ns"] = time.time_since_epoch().count();
}

void print_json_line(const nlohmann::ordered_json& object) {
  write_standard_output(text_of(object));
}

void tell_json_line(const nlohmann::ordered_json& object) {
  std::fputs(text_of(object).c_str(), stderr);
}

}  // namespace weir::cli
