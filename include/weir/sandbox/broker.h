// Opens files for a process that has given up its rights.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "weir/api.h"
#include "weir/sandbox/user.h"

namespace weir::sys {
class FileDescriptor;
}

namespace weir::sandbox {

/// What a broker does, fixed before there is anybody who must not be trusted.
struct BrokerRules {
  /// Files opened for reading, by exactly these names.
  std::vector<std::string> readable{};
  /// A file that is made (mode 0600, for its owner) or emptied.
  struct Output {
    std::string path;
    std::optional<User> owner{};
  };
  std::optional<Output> output{};
  /// What ask() returns, worked out in the broker.
  std::function<std::string(std::uint32_t number)> answer{};
};

/// A process forked from this one that keeps the right to open files, and nothing else: so files
/// that come late (of a directory, those that merge when their time has come, an output that is
/// made once there is something to write) need no rights in the process that parses them. That one
/// says which of the names it wants, never a name. The process ends with this object, or when the
/// process it was forked from does. One thread at a time.
class WEIR_API Broker {
 public:
  /// Forks; call it before enter(), and before any thread is started. Throws SystemError.
  explicit Broker(BrokerRules rules);
  Broker(const Broker&) = delete;
  Broker& operator=(const Broker&) = delete;
  ~Broker();

  /// A descriptor, close-on-exec, for the caller to close. Waits for the writer of a FIFO; a signal
  /// handler that runs meanwhile ends the wait (EINTR). Throws SystemError as if the file had been
  /// opened here, with EACCES for a name that is not among the rules'.
  [[nodiscard]] int open_for_reading(const std::string& path);
  /// The output.
  [[nodiscard]] int open_for_writing(const std::string& path);
  /// What BrokerRules::answer makes of the number. Throws SystemError.
  [[nodiscard]] std::string ask(std::uint32_t number);

 private:
  enum class Wish : std::uint32_t { reading, writing, answer };
  struct Request;
  struct Reply;
  [[nodiscard]] WEIR_PRIVATE int request(Wish wish, std::uint32_t value, const std::string& object);
  [[noreturn]] WEIR_PRIVATE static void serve(int socket, const BrokerRules& rules);
  WEIR_PRIVATE static sys::FileDescriptor attempt(const Request& request, const BrokerRules& rules,
                                                  Reply& reply) noexcept;

  std::map<std::string, std::uint32_t> readable_;  // by place among the rules'
  std::string output_;
  int socket_ = -1;
  int process_ = -1;
  std::uint32_t asked_ = 0;
  bool is_waiting_ = false;  // an answer was not waited for
};

}  // namespace weir::sandbox
