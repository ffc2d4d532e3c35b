// Rules from the inputs and outputs of a command.
#include "cli/sandbox/file_sandbox.h"

#include <fcntl.h>
#include <unistd.h>

#include <utility>

#include "cli/output/output_file.h"
#include "cli/sandbox/sandbox_gaps.h"
#include "cli/sandbox/user.h"
#include "weir/sandbox/sandbox.h"

namespace weir::cli {

FileSandbox::Files::~Files() {
  if (first >= 0) ::close(first);
}

int FileSandbox::Files::open(const std::string& path) {
  if (first >= 0 && path == first_path) return std::exchange(first, -1);
  return broker ? broker->open_for_reading(path) : -1;
}

savefile::ReaderOptions FileSandbox::reader(savefile::ReaderOptions options) const {
  if (is_wanted_) {
    options.open = [files = files_](const std::string& path) { return files->open(path); };
  }
  return options;
}

std::function<int(const std::string&)> FileSandbox::output() const {
  if (!is_wanted_) return {};
  return [files = files_](const std::string& path) {
    return files->broker ? files->broker->open_for_writing(path) : -1;
  };
}

void FileSandbox::enter(const FileNeeds& needs) {
  if (!is_wanted_) return;
  const std::optional<savefile::FileOwner> owner = file_owner();
  sandbox::BrokerRules outside;
  for (const InputFile& file : needs.inputs) {
    if (file.path != "-") outside.readable.push_back(file.path);
  }
  if (!needs.output.empty()) {
    outside.output.emplace(needs.output);
    if (owner) outside.output->owner = user_of(*owner);
  }
  filter::Filter filter = needs.filter;
  if (!filter.is_everything()) {
    outside.answer = [filter](std::uint32_t type) {
      return filter.compiled_octets(static_cast<LinkType>(type));
    };
  }
  sandbox::Rules rules{.readable = needs.readable};
  if (owner && owner->user != 0) rules.user = user_of(*owner);
  if (!needs.output_directory.empty()) {
    rules.writable_directories.push_back(needs.output_directory);
  }
  bool is_alone = needs.inputs.size() == 1 && needs.output.empty() && filter.is_everything() &&
                  !needs.opens_again;
  if (!needs.inputs.empty() && needs.inputs.front().path != "-") {
    // A file that cannot be opened is told when its turn comes.
    const InputFile& first = needs.inputs.front();
    const bool is_directory = first.path == first.directory;
    files_->first_path = first.path;
    files_->first = is_directory ? -1 : ::open(first.path.c_str(), O_RDONLY | O_CLOEXEC);
    is_alone = is_alone && files_->first >= 0;
  }
  if (!is_alone) files_->broker.emplace(std::move(outside));
  tell_gaps(sandbox::enter(rules), errors_);
  filter.compile_elsewhere([files = files_](LinkType type) {
    return files->broker->ask(static_cast<std::uint32_t>(type));
  });
}

}  // namespace weir::cli
