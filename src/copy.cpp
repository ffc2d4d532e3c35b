// weir::Copy, and the copy of a whole source.
#include "weir/copy.h"

#include <chrono>

namespace weir {
namespace {

/// How long a source that has nothing now is waited for before the sink is asked what is due.
constexpr std::chrono::milliseconds patience{200};

}  // namespace

void Copy::add(const BatchContext& context, std::span<const Packet> packets) {
  // A file without sections is complete before its first block or packet.
  if (!has_begun_ && context.sections.empty()) to_->write(context.interfaces, {});
  has_begun_ = true;
  add_sections(context);
  if (!context.blocks.empty()) to_->write_blocks(context.interfaces, context.blocks);
  to_->write(context.interfaces, packets);
  if (!context.ends_file) return;
  add_statistics(context, nullptr);
  sections_ = 0;
  statistics_ = 0;
}

void Copy::add_sections(const BatchContext& context) {
  for (; sections_ < context.sections.size(); ++sections_) {
    if (sections_ != 0) add_statistics(context, context.sections[sections_ - 1].get());
    to_->write_section(context.interfaces, context.sections[sections_]);
  }
}

void Copy::add_statistics(const BatchContext& context, const Section* section) {
  for (; statistics_ < context.statistics.size(); ++statistics_) {
    const InterfaceStatistics& counted = context.statistics[statistics_];
    const Interface& interface = context.interfaces[counted.interface_index];
    if (section != nullptr && interface.section.get() != section) return;
    to_->write_statistics(context.interfaces, counted);
  }
}

void PacketSource::copy_to(PacketSink& sink) {
  Copy copy{sink};
  Timestamp time{};
  bool has_ended = false;
  while (!has_ended && !sink.is_full()) {
    Batch batch;
    try {
      batch = next_batch(Deadline::in(patience));
    } catch (const Error&) {
      copy.add(context(), {});
      throw;
    }
    has_ended = batch.is_last();
    BatchContext now = context();
    now.ends_file = now.ends_file || has_ended;
    copy.add(now, batch.packets);
    if (batch.packets.empty()) {
      // A file's clock stands still without packets, or goes on with those that are left out: else
      // what is behind it has not been silence.
      batch.now > time ? sink.advance(batch.now) : sink.flush_if_due();
    }
    time = batch.now;
  }
}

}  // namespace weir
