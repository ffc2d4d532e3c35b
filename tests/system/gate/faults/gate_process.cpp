// fork(2), two pipes for commands and answers, and shared memory for the rest.
#include "system/gate/faults/gate_process.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <list>
#include <memory>
#include <mutex>
#include <new>
#include <stdexcept>
#include <thread>

#include "weir/gate/broker.h"
#include "weir/sandbox/sandbox.h"

namespace weir::test {

using namespace std::chrono_literals;
using gate::HeldPacket;

namespace {

constexpr std::size_t ip_and_udp = 28;
/// For whatever adapter.
constexpr std::size_t too_long = 66'000;

void stamp(HeldPacket& packet) {
  const std::size_t at =
      packet.ip_offset().value_or(0) + ip_and_udp + offsetof(StreamPayload, stamp);
  const MutableBytes bytes = packet.edit();
  if (at < bytes.size()) bytes[at] = 1;
  packet.accept_modified(gate::Repair::checksums);
}

void make_too_long(HeldPacket& packet) {
  static_cast<void>(packet.edit(too_long));
  static_cast<void>(packet.resize(too_long));
  packet.accept_modified(gate::Repair::checksums);
}

std::pair<sys::FileDescriptor, sys::FileDescriptor> pipe() {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error{"no pipe"};
  return {sys::FileDescriptor{ends[0]}, sys::FileDescriptor{ends[1]}};
}

std::string make_folder() {
  std::string folder = ::testing::TempDir() + "weir_gate_XXXXXX";
  if (::mkdtemp(folder.data()) == nullptr) throw std::runtime_error{"no folder"};
  return folder;
}

void allow_core_dumps() {
  const rlimit all{RLIM_INFINITY, RLIM_INFINITY};
  static_cast<void>(::setrlimit(RLIMIT_CORE, &all));
}

gate::GateOptions options_of(const GateSetup& setup) {
  gate::GateOptions options = setup.options;
  if (setup.has_rights) return options;
  options.broker = std::make_shared<gate::Broker>();
  options.before_threads = [] { static_cast<void>(sandbox::enter({.runs_gate = true})); };
  return options;
}

}  // namespace

/// What the process does.
class GateProcess::Gated {
 public:
  Gated(const GateSetup& setup, Shared& shared)
      : shared_{shared},
        rules_{setup.rules},
        gate_{options_of(setup),
              {.on_held = [this](HeldPacket& packet) { handle(packet); },
               .on_error = [this](const gate::GateError&) { ++shared_.errors; }}} {
    gate_.replace(rules_);
  }

  void obey(char command) {
    if (command == '+') gate_.start();
    if (command == '-') gate_.stop();
    if (command == '~')
      changer_ = std::jthread{[this](const std::stop_token& end) { change(end); }};
    if (command == '=') changer_ = {};
    if (command == '#') count();
    if (command == 'm') ballast_.emplace_back(shared_.argument, 'x');
  }

 private:
  void handle(HeldPacket& packet) {
    ++shared_.handled;
    switch (shared_.deed) {
      case Deed::keep: {
        const std::lock_guard lock{mutex_};
        kept_.push_back(std::move(packet));
        return;
      }
      case Deed::leave:
        return;
      case Deed::grow:
        return make_too_long(packet);
      case Deed::raise:
        throw std::runtime_error{"the handler has had enough"};
      case Deed::dawdle:
        std::this_thread::sleep_for(20ms);
        return stamp(packet);
      case Deed::decide_twice:
        stamp(packet);
        packet.drop();
        return;
      case Deed::stamp:
        return stamp(packet);
    }
  }

  /// Between two sets that both hold all of the streams, the one by its second rule.
  void change(const std::stop_token& end) {
    std::vector<gate::Rule> others = rules_;
    others.insert(others.begin(), {.id = "other", .action = gate::Action::drop, .filter = "tcp"});
    auto due = std::chrono::steady_clock::now();
    for (shared_.changes = 0; !end.stop_requested(); ++shared_.changes) {
      gate_.replace(shared_.changes % 2 == 0 ? others : rules_);
      due += 1ms;  // a thousand a second, also behind one that took longer
      std::this_thread::sleep_until(due);
    }
  }

  void count() {
    const gate::GateCounters counters = gate_.counters();
    GateSums sums{.held = counters.held, .adapters = gate_.adapters().size()};
    for (const gate::AdapterCounters& one : counters.adapters) {
      sums.seen += one.seen;
      sums.fates += one.fates();
      sums.hooked += one.held;
      sums.full_passed += one.full_passed;
      sums.full_dropped += one.full_dropped;
      sums.hang_passed += one.hang_passed;
      sums.hang_dropped += one.hang_dropped;
      sums.reinjected += one.reinjected;
    }
    shared_.sums = sums;
  }

  Shared& shared_;
  std::vector<gate::Rule> rules_;
  std::mutex mutex_{};
  std::list<HeldPacket> kept_{};
  std::list<std::string> ballast_{};
  gate::Gate gate_;
  std::jthread changer_{};
};

GateProcess::GateProcess(const GateSetup& setup) : folder_{make_folder()} {
  void* const memory =
      ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc{};
  shared_ = new (memory) Shared;
  auto [commands, told] = pipe();
  auto [answers, answered] = pipe();
  process_ = ::fork();
  if (process_ == 0) {
    static_cast<void>(::prctl(PR_SET_PDEATHSIG, SIGKILL));
    told.close();
    allow_core_dumps();
    static_cast<void>(!::chdir(folder_.c_str()));
    // The machine may be busy with other things; that is not what is measured.
    const sched_param first{.sched_priority = 1};
    static_cast<void>(!::sched_setscheduler(0, SCHED_RR, &first));
    try {
      Gated gated{setup, *shared_};
      char command = 0;
      while (::read(commands.number(), &command, 1) == 1) {
        char answer = 'y';
        try {
          gated.obey(command);
        } catch (const std::exception& error) {
          answer = 'n';
          std::strncpy(shared_->words.data(), error.what(), shared_->words.size() - 1);
        }
        static_cast<void>(!::write(answered.number(), &answer, 1));
      }
    } catch (const std::exception& error) {
      std::strncpy(shared_->words.data(), error.what(), shared_->words.size() - 1);
    }
    ::_exit(0);
  }
  commands_ = std::move(told);
  answers_ = std::move(answers);
}

GateProcess::~GateProcess() {
  signal(SIGKILL);
  wait();
  ::munmap(shared_, sizeof(Shared));
  std::filesystem::remove_all(folder_);
}

void GateProcess::tell(char command) {
  char answer = 'n';
  static_cast<void>(!::write(commands_.number(), &command, 1));
  if (::read(answers_.number(), &answer, 1) != 1 || answer != 'y') {
    throw std::runtime_error{shared_->words.data()};
  }
}

void GateProcess::start() { tell('+'); }
void GateProcess::begin_to_start() { static_cast<void>(!::write(commands_.number(), "+", 1)); }
void GateProcess::stop() { tell('-'); }
void GateProcess::change_rules() { tell('~'); }

std::uint64_t GateProcess::settle() {
  tell('=');
  return shared_->changes;
}

GateSums GateProcess::sums() {
  tell('#');
  return shared_->sums;
}

void GateProcess::grow(std::uint64_t bytes) {
  shared_->argument = bytes;
  tell('m');
}

std::uint64_t GateProcess::memory() const {
  std::ifstream file{"/proc/" + std::to_string(process_) + "/status"};
  for (std::string key; file >> key;) {
    std::uint64_t kibibytes = 0;
    if (key == "RssAnon:" && file >> kibibytes) return kibibytes * 1'024;
  }
  return 0;
}

std::size_t GateProcess::descriptors() const {
  const std::filesystem::directory_iterator all{"/proc/" + std::to_string(process_) + "/fd"};
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

Moment GateProcess::signal(int number) const noexcept {
  const Moment when = now();
  if (process_ > 0) ::kill(process_, number);
  return when;
}

int GateProcess::wait() {
  int status = 0;
  if (process_ > 0) ::waitpid(process_, &status, 0);
  process_ = -1;
  return status;
}

}  // namespace weir::test
