// bpf(2): program load with the verifier's words, test runs.
#include "sys/bpf_program.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <vector>

#include "sys/bpf_call.h"
#include "weir/error.h"

namespace weir::sys {

namespace {

// GPL-compatible, which some of the kernel's functions ask for.
constexpr char licence[] = "Dual BSD/GPL";
// The kernel writes the end of a log that does not fit (Linux 6.4 on), or nothing.
constexpr std::size_t log_size = 1U << 20;
/// Of a frame, in a test run.
constexpr std::size_t most_test_growth = 4096;

bpf_attr load_attributes(bpf_prog_type type, std::span<const std::byte> instructions,
                         std::string_view name = "weir") noexcept {
  bpf_attr attributes = no_attributes();
  attributes.prog_type = type;
  attributes.insns = address_of(instructions.data());
  attributes.insn_cnt = static_cast<std::uint32_t>(instructions.size() / sizeof(bpf_insn));
  attributes.license = address_of(licence);
  std::ranges::copy(name.substr(0, sizeof attributes.prog_name - 1), attributes.prog_name);
  return attributes;
}

/// The last line before the verifier's statistics.
std::string last_words(const std::string& log) {
  const std::size_t statistics = log.find("\nprocessed ");
  const std::string text = log.substr(0, statistics);
  const std::size_t end = text.find_last_not_of('\n');
  if (end == std::string::npos) return {};
  const std::size_t before = text.rfind('\n', end);
  const std::size_t begin = before == std::string::npos ? 0 : before + 1;
  return text.substr(begin, end + 1 - begin);
}

/// `level` 1 is about the last path the verifier took, 2 about all of them.
std::string log_of(bpf_prog_type type, std::span<const std::byte> instructions,
                   std::uint32_t level) {
  std::vector<char> log(log_size);
  bpf_attr attributes = load_attributes(type, instructions);
  attributes.log_buf = address_of(log.data());
  attributes.log_size = static_cast<std::uint32_t>(log.size());
  attributes.log_level = level;
  // Loaded or refused, what matters is the log.
  const FileDescriptor loaded{static_cast<int>(call_bpf(BPF_PROG_LOAD, attributes))};
  log.back() = '\0';
  return log.data();
}

FileDescriptor load(bpf_prog_type type, std::span<const std::byte> instructions,
                    std::string_view name = "weir") {
  bpf_attr attributes = load_attributes(type, instructions, name);
  FileDescriptor program{static_cast<int>(call_bpf(BPF_PROG_LOAD, attributes))};
  if (program.is_open()) return program;
  const int number = errno;
  const std::string words = last_words(log_of(type, instructions, 1));
  throw SystemError{number, "load a BPF program" + (words.empty() ? words : " (" + words + ")")};
}

bpf_attr test_attributes(const FileDescriptor& program, Bytes frame) noexcept {
  bpf_attr attributes = no_attributes();
  attributes.test.prog_fd = static_cast<std::uint32_t>(program.number());
  attributes.test.data_in = address_of(frame.data());
  attributes.test.data_size_in = static_cast<std::uint32_t>(frame.size());
  attributes.test.repeat = 1;
  return attributes;
}

__sk_buff buffer_of(const TestContext& context) noexcept {
  __sk_buff buffer;
  std::memset(&buffer, 0, sizeof buffer);
  buffer.mark = context.mark;
  buffer.priority = context.priority;
  buffer.ingress_ifindex = context.ingress_adapter;
  buffer.ifindex = context.adapter;
  std::ranges::copy(context.control, buffer.cb);
  buffer.tstamp = context.timestamp;
  buffer.wire_len = context.wire_length;
  buffer.gso_segs = context.segments;
  buffer.gso_size = context.segment_size;
  return buffer;
}

TestContext context_of(const __sk_buff& buffer) noexcept {
  TestContext context{.mark = buffer.mark,
                      .priority = buffer.priority,
                      .ingress_adapter = buffer.ingress_ifindex,
                      .adapter = buffer.ifindex,
                      .timestamp = buffer.tstamp,
                      .wire_length = buffer.wire_len,
                      .segments = buffer.gso_segs};
  std::ranges::copy(buffer.cb, context.control.begin());
  return context;
}

std::uint32_t result_of(bpf_attr& attributes) {
  if (call_bpf(BPF_PROG_TEST_RUN, attributes) != 0) throw SystemError{errno, "run a BPF program"};
  return attributes.test.retval;
}

}  // namespace

SocketFilterProgram::SocketFilterProgram(std::span<const std::byte> instructions)
    : descriptor_{load(BPF_PROG_TYPE_SOCKET_FILTER, instructions)} {}

TrafficControlProgram::TrafficControlProgram(std::span<const std::byte> instructions,
                                             const std::string& name)
    : descriptor_{load(BPF_PROG_TYPE_SCHED_CLS, instructions, name)} {}

std::uint32_t TrafficControlProgram::test_run(Bytes frame, const TestContext& context) const {
  __sk_buff buffer = buffer_of(context);
  bpf_attr attributes = test_attributes(descriptor_, frame);
  attributes.test.ctx_in = address_of(&buffer);
  attributes.test.ctx_size_in = sizeof buffer;
  return result_of(attributes);
}

TestResult TrafficControlProgram::test_run(const TestRun& run) const {
  __sk_buff buffer = buffer_of(run.context);
  bpf_attr attributes = test_attributes(descriptor_, run.frame);
  attributes.test.ctx_in = address_of(&buffer);
  attributes.test.ctx_size_in = sizeof buffer;
  attributes.test.ctx_out = address_of(&buffer);
  attributes.test.ctx_size_out = sizeof buffer;
  attributes.test.repeat = run.repeat;
  TestResult result;
  result.frame.resize(run.frame.size() + most_test_growth);
  attributes.test.data_out = address_of(result.frame.data());
  attributes.test.data_size_out = static_cast<std::uint32_t>(result.frame.size());
  result.returned = result_of(attributes);
  result.context = context_of(buffer);
  result.frame.resize(attributes.test.data_size_out);
  result.duration = attributes.test.duration;
  return result;
}

XdpProgram::XdpProgram(std::span<const std::byte> instructions)
    : descriptor_{load(BPF_PROG_TYPE_XDP, instructions)} {}

std::uint32_t XdpProgram::test_run(Bytes frame) const {
  bpf_attr attributes = test_attributes(descriptor_, frame);
  return result_of(attributes);
}

int XdpProgram::run_live(std::uint32_t adapter, Bytes frame, std::uint32_t count) const noexcept {
  xdp_md context;
  std::memset(&context, 0, sizeof context);
  context.data_end = static_cast<std::uint32_t>(frame.size());
  context.ingress_ifindex = adapter;
  bpf_attr attributes = test_attributes(descriptor_, frame);
  attributes.test.ctx_in = address_of(&context);
  attributes.test.ctx_size_in = sizeof context;
  attributes.test.flags = BPF_F_TEST_XDP_LIVE_FRAMES;
  // One batch: between batches a signal would end it, with nobody knowing how far it came.
  attributes.test.repeat = std::min(count, most_live_frames);
  attributes.test.batch_size = attributes.test.repeat;
  return call_bpf(BPF_PROG_TEST_RUN, attributes) == 0 ? 0 : errno;
}

std::string verifier_log(std::span<const std::byte> instructions) {
  return log_of(BPF_PROG_TYPE_SCHED_CLS, instructions, 2);
}

}  // namespace weir::sys
