// One JSON object as a line of output.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "weir/packet.h"

namespace weir::cli {

/// Both forms: `key`, RFC 3339 in UTC with nine digits, and `key`_ns, an integer.
void add_time(nlohmann::ordered_json& object, const std::string& key, Timestamp time);

/// To standard output, as write_standard_output(). In ASCII alone, as below; what is not UTF-8
/// becomes U+FFFD.
void print_json_line(const nlohmann::ordered_json& object);

/// To standard error, in ASCII alone: nothing in it moves a terminal's cursor.
void tell_json_line(const nlohmann::ordered_json& object);

}  // namespace weir::cli
