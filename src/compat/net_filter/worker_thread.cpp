// pthread_create(3).
#include "compat/net_filter/worker_thread.h"

#include <csignal>
#include <string>
#include <system_error>

#include "compat/net_filter/error.h"

namespace weir::compat::net_filter {
namespace {

constexpr std::size_t page = 4'096;

void* run(void* body) {
  (*static_cast<std::function<void()>*>(body))();
  return nullptr;
}

}  // namespace

WorkerThread::WorkerThread(std::function<void()> body, std::size_t stack_size)
    : body_{std::make_unique<std::function<void()>>(std::move(body))} {
  pthread_attr_t attributes;
  ::pthread_attr_init(&attributes);
  const std::size_t rounded = (stack_size + page - 1) / page * page;
  int problem = rounded == 0 ? 0 : ::pthread_attr_setstacksize(&attributes, rounded);
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  if (problem == 0) problem = ::pthread_create(&thread_, &attributes, run, body_.get());
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  ::pthread_attr_destroy(&attributes);
  if (problem == 0) return;
  refuse(NetFilter::ERROR_GEN_FAILURE,
         "start a worker thread: " + std::generic_category().message(problem));
}

void WorkerThread::join() noexcept {
  ::pthread_join(thread_, nullptr);
  body_ = nullptr;
}

}  // namespace weir::compat::net_filter
