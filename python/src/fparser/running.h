// Parsers at work, whose threads outlive what refers to them.
#pragma once

#include <memory>

#include "weir/compat/fparser.h"

namespace weir::python {

// All with the GIL.

/// Keeps it until it has ended, however long anything else refers to it, and has it stopped when
/// the interpreter ends.
void keep_running(const std::shared_ptr<compat::fparser::FParser>& parser);
/// Stops it, and returns when all was told, or at once within its callback. Throws what the handler
/// of a signal raises meanwhile (Ctrl-C): then the rest is told without it.
void stop_and_wait(compat::fparser::FParser& parser);
/// The same for one that nobody refers to any more: what a handler raises is reported. Nobody waits
/// where the interpreter is past the stopping of all.
void stop_unreferenced(compat::fparser::FParser& parser) noexcept;
/// Lets go of those that have ended.
void let_go_of_ended() noexcept;

}  // namespace weir::python
