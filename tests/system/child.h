// What a test does to its process for good is done in a child.
#pragma once

#include <functional>

namespace weir::test {

/// Runs `body` in a child process; its failures are the test's. It ends without what sanitizers and
/// the end of a program do.
void in_child(const std::function<void()>& body);

}  // namespace weir::test
