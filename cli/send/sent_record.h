// What a replay came to, as JSON, as text, and as a line that lives while it runs.
#pragma once

#include <chrono>
#include <string>

#include "cli/exit_code.h"
#include "weir/inject/replay.h"

namespace weir::cli {

/// The last line of weir send: docs/json.md, "sent".
void print_sent_json(const inject::ReplayFigures& figures, bool is_dry_run);
/// The same for people, on standard output.
void print_sent_text(const inject::ReplayFigures& figures, bool is_dry_run);

/// What was odd: packets cut by the capture, a clock that was set, a rate that was not reached.
void tell_oddities(const inject::ReplayFigures& figures, const std::string& rate,
                   ErrorStyle errors);

/// On standard error, if that is a terminal.
class LiveLine {
 public:
  LiveLine();
  LiveLine(const LiveLine&) = delete;
  LiveLine& operator=(const LiveLine&) = delete;
  ~LiveLine() { clear(); }

  void show(const inject::ReplayFigures& figures);
  void clear();

 private:
  bool is_shown_;
  bool is_drawn_ = false;
};

}  // namespace weir::cli
