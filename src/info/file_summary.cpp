// Reads a file and counts what its summary says.
#include "weir/info/file_summary.h"

#include "weir/wire/checksum_verdict.h"
#include "weir/wire/quoted_packet.h"

namespace weir::info {
namespace {

/// What a reader says of damage, without the file and offset it puts in front.
std::string cause_of(const savefile::Trouble& damage) {
  const std::string& what = damage.message;
  const std::string offset = "offset " + std::to_string(*damage.offset) + ": ";
  const std::size_t start = what.find(offset);
  return start == std::string::npos ? what : what.substr(start + offset.size());
}

}  // namespace

FileCounts::FileCounts(CountOptions options)
    : decoders_{options.decoders},
      protocols_{options.protocols ? std::make_unique<ProtocolCounts>() : nullptr},
      checksums_{options.checksums ? std::make_unique<ChecksumCounts>() : nullptr} {}

void FileCounts::add(std::span<const Packet> packets) {
  summary_.add(packets);
  if (checksums_) {
    add_checksums(packets);
  } else if (protocols_) {
    for (const Packet& packet : packets) protocols_->add(packet, wire::decode(packet, decoders_));
  }
}

void FileCounts::add_checksums(std::span<const Packet> packets) {
  for (const Packet& packet : packets) {
    const wire::Layers layers = wire::decode(packet, decoders_);
    if (protocols_) protocols_->add(packet, layers);
    checksums_->add(layers, wire::verify_checksums(packet, layers));
    auto quoted = wire::quoted_packet(packet, layers);
    while (quoted) {
      const wire::Layers inside = wire::decode(*quoted, decoders_);
      checksums_->add(inside, wire::verify_checksums(*quoted, inside));
      quoted = wire::quoted_packet(*quoted, inside);
    }
  }
}

void FileCounts::finish(const savefile::InputFile& file, const savefile::Reader& reader,
                        const savefile::Trouble* damage) {
  summary_.file = file.path;
  summary_.file_size = file.size;
  summary_.format = reader.format();
  summary_.compression = reader.compression();
  summary_.byte_order = reader.byte_order();
  summary_.sections.assign(reader.sections().begin(), reader.sections().end());
  summary_.interfaces = reader.interfaces();
  summary_.statistics = reader.statistics();
  summary_.no_timestamp = reader.counts().no_timestamp;
  summary_.protocols = protocols_.get();
  summary_.checksums = checksums_.get();
  summary_.decoders = decoders_;
  summary_.complete = damage == nullptr && reader.counts().skipped_regions == 0;
  summary_.skipped_places = reader.counts().skipped_regions;
  summary_.skipped_bytes = reader.counts().skipped_bytes;
  if (damage != nullptr && damage->offset && !damage->is_beyond_limit) {
    summary_.damage = {*damage->offset, cause_of(*damage)};
  }
}

FileSummary FileSummary::of(const std::string& path, CountOptions options) {
  auto files = savefile::expand({path});
  savefile::InputFile file{.path = path};
  if (files.size() == 1 && files.front().path == path) file = std::move(files.front());
  FileSummary told{std::move(file), options};
  while (told.read()) {
  }
  return told;
}

FileSummary::FileSummary(savefile::InputFile file, CountOptions options,
                         const savefile::ReaderOptions& reading)
    : file_{std::move(file)},
      reader_{std::make_unique<savefile::Reader>(savefile::open_input(file_, reading))},
      counts_{std::make_unique<FileCounts>(options)} {}

bool FileSummary::read() {
  if (has_ended_) return false;
  try {
    const Batch batch = reader_->next_batch();
    counts_->add(batch.packets);
    counts_->add(reader_->blocks());
    if (!batch.is_last()) return true;
    counts_->finish(file_, *reader_, nullptr);
  } catch (const FormatError& error) {
    const savefile::Trouble damage{error};
    counts_->finish(file_, *reader_, &damage);
  }
  has_ended_ = true;
  return false;
}

}  // namespace weir::info
