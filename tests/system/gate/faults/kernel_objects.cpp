// /proc/PID/fdinfo, and bpf(2) by numbers.
#include "system/gate/faults/kernel_objects.h"

#include <bpf/bpf.h>
#include <linux/bpf.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <span>
#include <thread>

#include "sys/file_descriptor.h"

namespace weir::test {
namespace {

void read_descriptors(pid_t process, KernelObjects& found) {
  const std::string folder = "/proc/" + std::to_string(process) + "/fdinfo";
  for (const auto& entry : std::filesystem::directory_iterator{folder}) {
    std::ifstream file{entry.path()};
    std::string key;
    std::string value;
    while (file >> key >> value) {
      const auto number = [&] { return static_cast<std::uint32_t>(std::stoul(value)); };
      if (key == "prog_id:") found.programs.insert(number());
      if (key == "link_id:") found.links.insert(number());
      if (key == "map_id:") found.maps.insert(number());
    }
  }
}

void read_program_array(std::uint32_t id, KernelObjects& found) {
  const sys::FileDescriptor map{bpf_map_get_fd_by_id(id)};
  bpf_map_info about{};
  std::uint32_t size = sizeof about;
  if (bpf_obj_get_info_by_fd(map.number(), &about, &size) != 0) return;
  if (about.type != BPF_MAP_TYPE_PROG_ARRAY) return;
  for (std::uint32_t key = 0; key < about.max_entries; ++key) {
    std::uint32_t program = 0;
    if (bpf_map_lookup_elem(map.number(), &key, &program) == 0) found.programs.insert(program);
  }
}

void find_users(KernelObjects& found) {
  std::uint32_t id = 0;
  while (bpf_prog_get_next_id(id, &id) == 0) {
    const sys::FileDescriptor program{bpf_prog_get_fd_by_id(id)};
    std::array<std::uint32_t, 64> maps{};
    bpf_prog_info about{};
    about.nr_map_ids = maps.size();
    about.map_ids = reinterpret_cast<std::uint64_t>(maps.data());
    std::uint32_t size = sizeof about;
    if (bpf_obj_get_info_by_fd(program.number(), &about, &size) != 0) continue;
    const std::size_t count = std::min<std::size_t>(about.nr_map_ids, maps.size());
    if (std::ranges::any_of(std::span{maps}.first(count),
                            [&](std::uint32_t map) { return found.maps.contains(map); })) {
      found.programs.insert(id);
    }
  }
}

std::string there_now(const KernelObjects& objects) {
  std::string list;
  for (const std::uint32_t id : objects.programs) {
    const sys::FileDescriptor program{bpf_prog_get_fd_by_id(id)};
    if (!program.is_open()) continue;
    bpf_prog_info about{};
    std::uint32_t size = sizeof about;
    static_cast<void>(bpf_obj_get_info_by_fd(program.number(), &about, &size));
    list += "program " + std::to_string(id) + " " + about.name + "\n";
  }
  for (const std::uint32_t id : objects.links) {
    if (sys::FileDescriptor{bpf_link_get_fd_by_id(id)}.is_open()) {
      list += "link " + std::to_string(id) + "\n";
    }
  }
  for (const std::uint32_t id : objects.maps) {
    if (sys::FileDescriptor{bpf_map_get_fd_by_id(id)}.is_open()) {
      list += "map " + std::to_string(id) + "\n";
    }
  }
  return list;
}

}  // namespace

KernelObjects KernelObjects::of(pid_t process) {
  KernelObjects found;
  read_descriptors(process, found);
  for (const std::uint32_t id : found.maps) read_program_array(id, found);
  find_users(found);
  return found;
}

std::string KernelObjects::left() const {
  using namespace std::chrono_literals;
  std::string list;
  for (int tries = 0; tries < 200; ++tries) {
    list = there_now(*this);
    if (list.empty()) break;
    std::this_thread::sleep_for(10ms);
  }
  return list;
}

}  // namespace weir::test
