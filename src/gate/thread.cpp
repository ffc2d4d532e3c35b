// pthread_create(3): std::thread knows no stack size.
#include "gate/thread.h"

#include <sched.h>
#include <unistd.h>
#include <csignal>

#include <algorithm>
#include <climits>
#include <utility>

#include "weir/error.h"

namespace weir::gate {
namespace {

std::size_t rounded(std::size_t size) noexcept {
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const std::size_t least =
      std::max<std::size_t>(size, static_cast<std::size_t>(PTHREAD_STACK_MIN));
  return (least + page - 1) / page * page;
}

void* run(void* body) {
  (*static_cast<std::function<void()>*>(body))();
  return nullptr;
}

}  // namespace

Thread::Thread(std::function<void()> body, std::size_t stack_size)
    : body_{std::make_unique<std::function<void()>>(std::move(body))} {
  pthread_attr_t attributes;
  ::pthread_attr_init(&attributes);
  int error = stack_size == 0 ? 0 : ::pthread_attr_setstacksize(&attributes, rounded(stack_size));
  // Signals are for the threads of the application.
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  if (error == 0) error = ::pthread_create(&thread_, &attributes, run, body_.get());
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  ::pthread_attr_destroy(&attributes);
  if (error != 0) throw SystemError{error, "start a thread of the gate"};
}

Thread::~Thread() { ::pthread_join(thread_, nullptr); }

bool run_in_real_time() noexcept {
  const sched_param least{.sched_priority = 1};
  return ::sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &least) == 0;
}

}  // namespace weir::gate
