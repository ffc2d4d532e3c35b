// Rules as text: "hold out on eth0 len 60..1500 : udp port 53".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "weir/api.h"
#include "weir/gate/rule.h"

namespace weir::gate {

/// One rule: pass|accept|drop|notify|hold in|out|any [on ADAPTER] [len MIN..MAX] [CHANGES] [:
/// FILTER]. CHANGES, of hold: "set ttl 5; set dport 8080; set dst 192.0.2.9; delay 20ms". What
/// stands behind the action and before the colon may stand in any order; MIN or MAX may be left
/// out; an adapter's name may be put in double quotes. Throws FilterError, whose position tells the
/// place in the text; filters are compiled for Ethernet or for raw IP, whichever takes them, and
/// look no names up.
[[nodiscard]] WEIR_API Rule parse_rule(std::string_view text);

/// One rule a line; blank lines and those that begin with `#` are left out. Throws FormatError for
/// the first line that is wrong: "PATH:7: " and why, below it the line, below that a caret.
/// `path` is for messages only.
[[nodiscard]] WEIR_API std::vector<Rule> parse_rules(std::string_view text,
                                                     const std::string& path);

/// What parse_rule() reads as the same rule, but for its id, hold_neighbors and shown.
[[nodiscard]] WEIR_API std::string text_of(const Rule& rule);

}  // namespace weir::gate
