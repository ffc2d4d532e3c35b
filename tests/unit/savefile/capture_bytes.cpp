// Reading captures whole, from memory and through pipes; compressing them.
#include "capture_bytes.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

#include <csignal>
#include <thread>

#include "savefile/compress/compressor.h"
#include "weir/error.h"

namespace weir::test {
namespace {

void note(Outcome& outcome, const Error& error) {
  outcome.error = error.code();
  outcome.message = error.what();
  if (const auto* format = dynamic_cast<const FormatError*>(&error)) {
    outcome.offset = format->offset();
  }
}

void walk(savefile::Reader& reader, Outcome& outcome) {
  for (;;) {
    const Batch batch = reader.next_batch();
    for (const Block& block : reader.blocks()) {
      outcome.blocks.push_back({block.type,
                                {block.body.begin(), block.body.end()},
                                block.big_endian,
                                outcome.packets.size()});
    }
    for (const Packet& packet : batch.packets) outcome.packets.emplace_back(packet);
    if (batch.state == SourceState::packets) {
      EXPECT_FALSE(batch.packets.empty());
    } else if (batch.state == SourceState::timeout) {
      EXPECT_TRUE(batch.packets.empty());
      EXPECT_FALSE(reader.blocks().empty()) << "there is no deadline";
    } else {
      EXPECT_TRUE(reader.blocks().empty());
      break;
    }
  }
}

}  // namespace

Outcome read_all(const std::function<savefile::Reader()>& open) {
  Outcome outcome;
  try {
    savefile::Reader reader = open();
    try {
      walk(reader, outcome);
    } catch (const Error& error) {
      note(outcome, error);
    }
    EXPECT_EQ(reader.next_batch().state, SourceState::end);
    outcome.counts = reader.counts();
    EXPECT_TRUE(reader.blocks().empty());
    outcome.interfaces.assign(reader.interfaces().begin(), reader.interfaces().end());
    outcome.sections.assign(reader.sections().begin(), reader.sections().end());
    outcome.statistics.assign(reader.statistics().begin(), reader.statistics().end());
    EXPECT_EQ(outcome.counts.packets, outcome.packets.size());
  } catch (const Error& error) {
    note(outcome, error);
  }
  return outcome;
}

Outcome read_memory(Bytes bytes, savefile::ReaderOptions options) {
  // A copy of just the size, so that a sanitizer sees any step over its end.
  const std::vector<std::uint8_t> exact{bytes.begin(), bytes.end()};
  return read_all([&] { return savefile::Reader::memory(exact, options); });
}

Outcome read_pipe(Bytes bytes, std::size_t piece, savefile::ReaderOptions options) {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) ADD_FAILURE() << "pipe";
  std::thread writer{[&] {
    // A reader that has met damage goes away.
    sigset_t broken_pipe;
    sigemptyset(&broken_pipe);
    sigaddset(&broken_pipe, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
    for (std::size_t at = 0; at < bytes.size();) {
      const std::size_t size = std::min(piece, bytes.size() - at);
      const ssize_t written = ::write(ends[1], bytes.data() + at, size);
      if (written <= 0) break;
      at += static_cast<std::size_t>(written);
    }
    ::close(ends[1]);
  }};
  const std::string path = "/proc/self/fd/" + std::to_string(ends[0]);
  Outcome outcome = read_all([&] { return savefile::Reader{path, options}; });
  ::close(ends[0]);
  writer.join();
  return outcome;
}

std::vector<std::uint8_t> gzip(const std::vector<Bytes>& parts) {
  std::vector<std::uint8_t> out;
  for (const Bytes part : parts) {
    z_stream stream{};
    if (deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
      ADD_FAILURE() << "deflateInit2";
    }
    std::vector<std::uint8_t> member(deflateBound(&stream, part.size()) + 32);
    stream.next_in = const_cast<Bytef*>(part.data());  // NOLINT: zlib does not write to it
    stream.avail_in = static_cast<unsigned>(part.size());
    stream.next_out = member.data();
    stream.avail_out = static_cast<unsigned>(member.size());
    EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    member.resize(stream.total_out);
    deflateEnd(&stream);
    out.insert(out.end(), member.begin(), member.end());
  }
  return out;
}

std::vector<std::uint8_t> packed(savefile::Compression compression,
                                 const std::vector<Bytes>& parts) {
  const auto compressor = savefile::make_compressor(compression, std::nullopt);
  std::vector<std::uint8_t> out;
  for (const Bytes part : parts) {
    const Bytes frame = compressor->frame(part);
    out.insert(out.end(), frame.begin(), frame.end());
  }
  return out;
}

}  // namespace weir::test
