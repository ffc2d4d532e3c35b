// Memory, disk and limits.
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/statvfs.h>

#include <cerrno>
#include <cstring>

#include "cli/doctor/doctor_finding.h"
#include "weir/capture/live.h"

namespace weir::cli {
namespace {

constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20;
// Less than this fills in seconds.
constexpr std::uint64_t little_disk = 1024 * mebibyte;

Finding resource(const char* subject, Health health, std::string message, std::string remedy = {}) {
  return {"resource", subject, health, std::move(message), std::move(remedy)};
}

Finding look_at_memory() {
  const std::uint64_t ring = capture::LiveOptions{}.ring_size;
  const std::uint64_t available = capture::largest_ring();
  const std::string message =
      fmt::format("{} MiB available; the ring takes {} MiB unless told otherwise",
                  available / mebibyte, ring / mebibyte);
  if (available < ring) {
    return resource("memory", Health::problem, message, "a smaller ring");
  }
  return resource("memory", Health::ok, message);
}

Finding look_at_disk() {
  struct statvfs place{};
  if (::statvfs(".", &place) != 0) {
    return resource("disk", Health::note, std::string{"cannot be told: "} + std::strerror(errno));
  }
  const std::uint64_t free = std::uint64_t{place.f_bavail} * place.f_frsize;
  const std::string message = fmt::format("{} MiB free in the current directory", free / mebibyte);
  if ((place.f_flag & ST_RDONLY) != 0) {
    return resource("disk", Health::note, "the current directory is read-only");
  }
  if (free < little_disk) {
    return resource("disk", Health::note, message, "write elsewhere, or limit the files kept");
  }
  return resource("disk", Health::ok, message);
}

Finding look_at_file_size() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) {
    return resource("file size", Health::ok, "no limit");
  }
  return resource("file size", Health::note, fmt::format("files end at {} bytes", limit.rlim_cur),
                  "ulimit -f unlimited");
}

Finding look_at_locked_memory() {
  rlimit limit{};
  ::getrlimit(RLIMIT_MEMLOCK, &limit);
  const std::string most =
      limit.rlim_cur == RLIM_INFINITY ? "no limit" : fmt::format("{} KiB", limit.rlim_cur / 1024);
  return resource("locked memory", Health::ok, most + "; the ring is not counted against it");
}

}  // namespace

Findings look_at_resources() {
  return {look_at_memory(), look_at_locked_memory(), look_at_disk(), look_at_file_size()};
}

}  // namespace weir::cli
