// Packet records with a verdict in front.
#include "cli/gate/verdict_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

#include "cli/exit_code.h"
#include "cli/note.h"
#include "cli/output/output_file.h"
#include "cli/output/standard_output.h"
#include "weir/wire/layers.h"

namespace weir::cli {
namespace {

constexpr std::string_view packet_type = R"({"type":"packet",)";

int opened(const std::string& path) {
  if (path == "-") return -1;
  PrivateFile made{path};
  made.keep();
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  if (descriptor < 0) throw SystemError{errno, "open " + path};
  return descriptor;
}

}  // namespace

VerdictLog::VerdictLog(const std::string& path) : path_{path}, descriptor_{opened(path)} {}

VerdictLog::~VerdictLog() {
  if (!is_standard_output()) ::close(descriptor_);
}

void VerdictLog::add(const Packet& packet, const std::string& rule, const char* verdict) noexcept {
  const std::scoped_lock lock{mutex_};
  if (failure_ || is_reader_gone_) return;
  try {
    const Interface& adapter = adapter_of(packet.interface_index);
    Packet shown = packet;
    shown.interface_index = 0;
    line_.clear();
    json_.append(line_, shown, wire::decode(shown),
                 {.number = lines_ + 1, .interfaces = {&adapter, 1}});
    line_.replace(0, packet_type.size(),
                  R"({"type":"verdict","rule":")" + rule + R"(","verdict":")" + verdict + R"(",)");
    write(line_);
    ++lines_;
  } catch (const ReaderGone&) {
    is_reader_gone_ = true;
  } catch (const SystemError& error) {
    failure_ = error;
  } catch (const std::exception& error) {
    failure_.emplace(ErrorCode::output_failed, ENOMEM, "write " + path_);
  }
}

void VerdictLog::write(const std::string& line) {
  if (is_standard_output()) return write_standard_output(line);
  std::string_view rest = line;
  while (!rest.empty()) {
    const ssize_t written = ::write(descriptor_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw SystemError{ErrorCode::output_failed, errno, "write " + path_};
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

const Interface& VerdictLog::adapter_of(std::uint32_t index) {
  if (!adapters_.contains(index)) {
    for (const auto& [known, name] : names_.next()) adapters_[known].name = name;
  }
  return adapters_[index];
}

bool VerdictLog::has_ended() const {
  const std::scoped_lock lock{mutex_};
  return failure_ || is_reader_gone_;
}

void VerdictLog::expect_whole() const {
  const std::scoped_lock lock{mutex_};
  if (is_reader_gone_) throw ReaderGone{};
  if (!failure_) return;
  throw OutputFailed{*failure_, lines_, plural(lines_, "packet is", "packets are") + " in it"};
}

}  // namespace weir::cli
