// Hosts of a test's network, and programs that run there.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>

namespace weir::test {

/// A network namespace, kept by a process that does nothing else.
class Host {
 public:
  Host();
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;
  ~Host();

  [[nodiscard]] std::string process() const { return std::to_string(keeper_); }
  /// Calls with this thread there.
  void inside(const std::function<void()>& call) const;
  /// As those of the test's own namespace.
  void run(const std::string& command) const;
  [[nodiscard]] std::string output_of(const std::string& command) const;

 private:
  pid_t keeper_ = -1;
};

/// A program of the host this thread is at, as long as this lives.
class Program {
 public:
  explicit Program(const std::string& command);
  Program(const Host& host, const std::string& command);
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program();

 private:
  void start(const std::string& command);

  pid_t process_ = -1;
};

/// Where this thread is; "t" for TCP, "u" for UDP. Throws std::runtime_error if nobody listens for
/// long.
void wait_for_listener(const std::string& protocol, int port);

/// Whether there is such a program.
[[nodiscard]] bool is_installed(const std::string& program);

}  // namespace weir::test
