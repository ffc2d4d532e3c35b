// News wait in a queue; no lock is held while a handler is called.
#include "gate/teller.h"

#include <exception>
#include <new>
#include <optional>
#include <utility>

#include "gate/handling.h"

namespace weir::gate {

Teller::~Teller() {
  {
    const std::lock_guard lock{mutex_};
    ends_ = true;
  }
  changed_.notify_all();
}

void Teller::start() {
  if (!handlers_.on_error && !handlers_.on_adapter) return;
  thread_ = std::make_unique<Thread>([this] { run(); });
}

void Teller::error(GateError error) noexcept {
  if (handlers_.on_error) put(std::move(error));
}

void Teller::adapter(const std::string& name, bool came) noexcept {
  if (handlers_.on_adapter) put(AdapterNews{name, came});
}

void Teller::settle() noexcept {
  std::unique_lock lock{mutex_};
  changed_.wait(lock, [&] { return waiting_.empty() && !is_telling_; });
}

void Teller::put(News news) noexcept {
  const std::lock_guard lock{mutex_};
  // Adapters come and go seldom; errors may come with every packet.
  const bool has_room = waiting_.size() < most_waiting || std::holds_alternative<AdapterNews>(news);
  try {
    if (has_room) waiting_.push_back(std::move(news));
  } catch (const std::bad_alloc&) {
    ++untold_;
    return;
  }
  if (!has_room) ++untold_;
  changed_.notify_all();
}

void Teller::run() noexcept {
  std::unique_lock lock{mutex_};
  for (;;) {
    changed_.wait(lock, [&] { return ends_ || !waiting_.empty(); });
    if (waiting_.empty()) break;
    // What is thrown away may wait for others: not with the lock.
    std::optional<News> news{std::move(waiting_.front())};
    waiting_.pop_front();
    const std::size_t untold = waiting_.empty() ? std::exchange(untold_, 0) : 0;
    is_telling_ = true;
    lock.unlock();
    std::visit([this](const auto& told) { tell(told); }, *news);
    news.reset();
    if (untold != 0 && handlers_.on_error) {
      tell(GateError{.where = GateError::Where::handler,
                     .message = std::to_string(untold) + " more errors came too fast to be told"});
    }
    lock.lock();
    is_telling_ = false;
    changed_.notify_all();
  }
}

void Teller::tell(const GateError& error) const noexcept {
  const InHandler here;
  try {
    handlers_.on_error(error);
  } catch (...) {
    // There is nobody else to be told.
  }
}

void Teller::tell(const AdapterNews& news) const noexcept {
  try {
    const InHandler here;
    handlers_.on_adapter(news.name, news.came);
  } catch (...) {
    if (!handlers_.on_error) return;
    tell(GateError{.where = GateError::Where::handler,
                   .message = "adapter handler: " + thrown_words(),
                   .exception = std::current_exception()});
  }
}

}  // namespace weir::gate
