// Fuzzes what the gate makes of a frame it holds: the outline, checksums finished and repaired,
// parts of long frames, the maximum segment size. What is finished or repaired is right; parts
// together are the whole. Input: eight bytes (see Head), then the frame.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

#include "gate/flow_key.h"
#include "gate/reinject/mss.h"
#include "gate/reinject/outline.h"
#include "gate/reinject/repair.h"
#include "gate/reinject/split.h"
#include "weir/bytes.h"
#include "weir/wire/checksum_verdict.h"

namespace {

using weir::Bytes;
using weir::LinkType;
using weir::MutableBytes;
using weir::gate::Outline;
using weir::gate::Transport;
using weir::wire::ChecksumVerdict;

constexpr std::size_t head_size = 8;

void require(bool condition) {
  if (!condition) std::abort();
}

struct Head {
  explicit Head(const std::uint8_t* bytes) noexcept
      : link_type{(bytes[0] & 1) != 0 ? LinkType::raw : LinkType::ethernet},
        several_segments{(bytes[0] & 2) != 0},
        stretched_by{std::size_t{bytes[1]} * 1'024},
        segment_size{weir::load_le<std::uint16_t>(bytes + 2)},
        growth{weir::load_le<std::uint16_t>(bytes + 4)},
        trailer{weir::load_le<std::uint16_t>(bytes + 6)} {}

  LinkType link_type;
  bool several_segments;
  /// Bytes added behind the frame, as for segments kept together.
  std::size_t stretched_by;
  std::uint16_t segment_size;
  std::uint16_t growth;
  std::uint16_t trailer;
};

/// In a block of exactly its size: the sanitizer sees a read one byte past it.
class Frame {
 public:
  explicit Frame(Bytes bytes, std::size_t more = 0)
      : memory_{std::make_unique<std::uint8_t[]>(bytes.size() + more)},
        bytes_{memory_.get(), bytes.size() + more} {
    std::ranges::copy(bytes, bytes_.begin());
  }
  [[nodiscard]] MutableBytes bytes() const noexcept { return bytes_; }

 private:
  std::unique_ptr<std::uint8_t[]> memory_;
  MutableBytes bytes_;
};

ChecksumVerdict verdict_of(Bytes frame, LinkType link_type, std::size_t offset) {
  const weir::Packet packet = weir::gate::as_packet(frame, link_type);
  const weir::wire::Layers layers = weir::wire::decode(packet);
  const auto verdicts = weir::wire::verify_checksums(packet, layers);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (layers[i].offset == offset) return verdicts[i];
  }
  return ChecksumVerdict::none;
}

void finish(Bytes came, const Head& head, const Outline& found) {
  const Frame frame{came};
  require(!found.transport || found.transport->end <= came.size());
  if (!found.unfinished) return;
  found.unfinished->finish(frame.bytes());
  require(verdict_of(frame.bytes(), head.link_type, found.unfinished->header) !=
          ChecksumVerdict::bad);
}

void repair(Bytes came, const Head& head) {
  const Frame frame{came};
  weir::gate::repair(frame.bytes(), head.link_type, head.trailer, head.several_segments);
  const std::vector<std::uint8_t> once{frame.bytes().begin(), frame.bytes().end()};
  weir::gate::repair(frame.bytes(), head.link_type, head.trailer, head.several_segments);
  require(std::ranges::equal(once, frame.bytes()));
  if (head.several_segments) return;
  const Outline found = weir::gate::outline(frame.bytes(), head.link_type, true);
  if (!found.transport) return;
  require(verdict_of(frame.bytes(), head.link_type, found.transport->header) !=
          ChecksumVerdict::bad);
  require(verdict_of(frame.bytes(), head.link_type, found.transport->network) !=
          ChecksumVerdict::bad);
}

void split(Bytes came, const Head& head, const Transport& tcp) {
  using namespace weir::gate;  // NOLINT(google-build-using-namespace): of what is fuzzed
  const std::size_t size = part_size(tcp, head.segment_size);
  if (!needs_split(tcp) || size == 0) return;
  const std::size_t payload = tcp.end - tcp.payload;
  for (std::size_t at = 0; at < payload; at += size) {
    const Part part{.offset = at, .size = std::min(size, payload - at)};
    const auto memory = std::make_unique<std::uint8_t[]>(part_room(tcp, part.size));
    const MutableBytes room{memory.get(), part_room(tcp, part.size)};
    const MutableBytes written = write_part(came, tcp, head.segment_size, part, room);
    const Bytes slice = came.subspan(tcp.payload + part.offset, part.size);
    require(std::ranges::equal(written.last(part.size), slice));
    const Outline found = outline(written, head.link_type, true);
    require(!found.transport || !needs_split(*found.transport));
  }
}

void lower(Bytes came, const Head& head, const Outline& found) {
  const auto size = weir::gate::lower_mss(came, found, head.growth);
  if (!size) return;
  const Frame frame{came};
  const auto before = verdict_of(came, head.link_type, found.transport->header);
  weir::gate::write_mss(frame.bytes(), head.link_type, found, *size);
  const auto after = verdict_of(frame.bytes(), head.link_type, found.transport->header);
  require(found.unfinished || before == after);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < head_size) return 0;
  const Head head{data};
  const Frame came{Bytes{data + head_size, size - head_size}, head.stretched_by};
  const Bytes frame = came.bytes();
  const Outline found = weir::gate::outline(frame, head.link_type, false);
  finish(frame, head, found);
  repair(frame, head);
  if (found.transport && found.transport->protocol == weir::wire::Protocol::tcp) {
    split(frame, head, *found.transport);
    lower(frame, head, found);
  }
  static_cast<void>(weir::gate::flow_key(weir::gate::as_packet(frame, head.link_type)));
  return 0;
}
