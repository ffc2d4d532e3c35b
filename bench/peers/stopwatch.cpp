// Runs one command and writes what it cost. Small and static, because a child's peak memory is at
// least its parent's at the time of the fork.
//
// stopwatch REPORT CPU COMMAND...: CPU is "-" not to pin. REPORT gets one line: exit status, then
// seconds of wall time and of CPU time, then KiB of peak memory, children included.
#include <fcntl.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

namespace {

double seconds(const timeval& time) noexcept {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

double now() noexcept {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

[[noreturn]] void become(const char* cpu, char** command) {
  if (std::strcmp(cpu, "-") != 0) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(static_cast<unsigned>(std::atoi(cpu)), &set);
    if (sched_setaffinity(0, sizeof set, &set) != 0) std::perror("sched_setaffinity");
  }
  execvp(command[0], command);
  std::fprintf(stderr, "%s: %s\n", command[0], std::strerror(errno));
  _exit(127);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  std::FILE* const report = std::fopen(argv[1], "we");
  if (report == nullptr) {
    std::perror(argv[1]);
    return 1;
  }
  const double start = now();
  const pid_t child = fork();
  if (child == 0) become(argv[2], argv + 3);
  int status = 0;
  rusage usage{};
  if (child < 0 || wait4(child, &status, 0, &usage) != child) {
    std::perror("stopwatch");
    return 1;
  }
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  std::fprintf(report, "%d %.6f %.6f %ld\n", code, now() - start,
               seconds(usage.ru_utime) + seconds(usage.ru_stime), usage.ru_maxrss);
  return std::fclose(report) == 0 ? 0 : 1;
}
