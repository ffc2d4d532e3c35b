// Tells the application of what goes on beside the packets, in a thread of its own: whoever has
// something to tell goes on at once, whatever it holds that a handler may wait for.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <variant>

#include "gate/thread.h"
#include "weir/gate/options.h"

namespace weir::gate {

/// By any thread.
class Teller {
 public:
  /// What waits at most; further errors are counted, and their number is told.
  static constexpr std::size_t most_waiting = 1024;

  /// `handlers` outlive it.
  explicit Teller(const Handlers& handlers) noexcept : handlers_{handlers} {}
  Teller(const Teller&) = delete;
  Teller& operator=(const Teller&) = delete;
  /// Tells what waits first.
  ~Teller();

  /// What has been told to it waits until then. Throws SystemError.
  void start();
  void error(GateError error) noexcept;
  void adapter(const std::string& name, bool came) noexcept;
  /// Returns when all that there is has been told. Not by handlers.
  void settle() noexcept;

 private:
  struct AdapterNews {
    std::string name{};
    bool came = false;
  };
  using News = std::variant<GateError, AdapterNews>;

  void put(News news) noexcept;
  void run() noexcept;
  void tell(const GateError& error) const noexcept;
  void tell(const AdapterNews& news) const noexcept;

  const Handlers& handlers_;
  std::mutex mutex_{};
  std::condition_variable changed_{};
  std::deque<News> waiting_{};
  std::size_t untold_ = 0;
  bool is_telling_ = false;
  bool ends_ = false;
  /// Null where nobody listens, and before start().
  std::unique_ptr<Thread> thread_{};
};

}  // namespace weir::gate
