// The Arrow C data interface: what is handed over owns all it points to, and frees it on release.
#include "weir/record/arrow.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <exception>
#include <new>
#include <string>
#include <vector>

namespace weir::record {
namespace {

const char* format_of(ColumnType type) noexcept {
  switch (type) {
    case ColumnType::boolean:
      return "b";
    case ColumnType::uint8:
      return "C";
    case ColumnType::uint16:
      return "S";
    case ColumnType::uint32:
      return "I";
    case ColumnType::uint64:
      return "L";
    case ColumnType::int64:
      return "l";
    case ColumnType::float64:
      return "g";
    case ColumnType::time:
      return "tsn:UTC";
    case ColumnType::ipv4:
      return "w:4";
    case ColumnType::ipv6:
    case ColumnType::ip:
      return "w:16";
    case ColumnType::mac:
      return "w:6";
    case ColumnType::word:
      return "i";
    case ColumnType::text:
    case ColumnType::json:
      return "U";
    case ColumnType::octets:
      return "Z";
  }
  return "n";
}

/// Of a schema or an array. A child that was moved out has no `release` any more.
template <class Node, class Parts>
void release(Node* node) noexcept {
  auto* const parts = static_cast<Parts*>(node->private_data);
  for (Node& child : parts->children) {
    if (child.release != nullptr) child.release(&child);
  }
  if (parts->dictionary.release != nullptr) parts->dictionary.release(&parts->dictionary);
  node->release = nullptr;
  delete parts;
}

/// What a schema points to.
struct SchemaParts {
  std::string name;
  std::vector<ArrowSchema> children{};
  std::vector<ArrowSchema*> pointers{};
  ArrowSchema dictionary{};
};

void fill_schema(ArrowSchema& out, const char* format, const std::string& name,
                 std::int64_t flags) {
  auto parts = std::make_unique<SchemaParts>(SchemaParts{.name = name});
  out = {.format = format,
         .name = parts->name.c_str(),
         .metadata = nullptr,
         .flags = flags,
         .n_children = 0,
         .children = nullptr,
         .dictionary = nullptr,
         .release = release<ArrowSchema, SchemaParts>,
         .private_data = parts.get()};
  static_cast<void>(parts.release());
}

void fill_schema(ArrowSchema& out, const ColumnData& column) {
  fill_schema(out, format_of(column.type), column.name, ARROW_FLAG_NULLABLE);
  if (column.type != ColumnType::word) return;
  auto& parts = *static_cast<SchemaParts*>(out.private_data);
  fill_schema(parts.dictionary, "U", {}, 0);
  out.dictionary = &parts.dictionary;
}

/// What an array points to.
struct ArrayParts {
  std::shared_ptr<const ColumnBatch> batch;
  std::array<const void*, 3> buffers{};
  /// Made for Arrow: bits of booleans, or offsets of words.
  ColumnBuffer made{};
  ColumnBuffer characters{};
  std::vector<ArrowArray> children{};
  std::vector<ArrowArray*> pointers{};
  ArrowArray dictionary{};
};

ArrayParts& begin_array(ArrowArray& out, const std::shared_ptr<const ColumnBatch>& batch,
                        std::size_t rows, std::size_t absent, std::int64_t buffers) {
  auto parts = std::make_unique<ArrayParts>(ArrayParts{.batch = batch});
  out = {.length = static_cast<std::int64_t>(rows),
         .null_count = static_cast<std::int64_t>(absent),
         .offset = 0,
         .n_buffers = buffers,
         .n_children = 0,
         .buffers = parts->buffers.data(),
         .children = nullptr,
         .dictionary = nullptr,
         .release = release<ArrowArray, ArrayParts>,
         .private_data = parts.get()};
  return *parts.release();
}

template <class T>
void append(ColumnBuffer& to, T value) {
  std::memcpy(to.extend(sizeof(T)), &value, sizeof(T));
}

void fill_words(ArrowArray& out, const std::shared_ptr<const ColumnBatch>& batch,
                const std::vector<std::string>& words) {
  ArrayParts& parts = begin_array(out, batch, words.size(), 0, 3);
  append(parts.made, std::int64_t{0});
  for (const std::string& word : words) {
    if (!word.empty()) std::memcpy(parts.characters.extend(word.size()), word.data(), word.size());
    append(parts.made, static_cast<std::int64_t>(parts.characters.size()));
  }
  parts.buffers[1] = parts.made.data();
  parts.buffers[2] = parts.characters.data();
}

void pack_bits(ColumnBuffer& to, const ColumnData& column) {
  const std::size_t octets = (column.rows + 7) / 8;
  std::uint8_t* const bits = to.extend(octets);
  std::fill_n(bits, octets, std::uint8_t{0});
  for (std::size_t row = 0; row < column.rows; ++row) {
    const unsigned bit = column.values.data()[row] != 0 ? 1U : 0U;
    bits[row / 8] = static_cast<std::uint8_t>(bits[row / 8] | bit << (row % 8));
  }
}

void fill_column(ArrowArray& out, const std::shared_ptr<const ColumnBatch>& batch,
                 const ColumnData& column) {
  ArrayParts& parts =
      begin_array(out, batch, column.rows, column.absent, has_offsets(column.type) ? 3 : 2);
  parts.buffers[0] = column.validity.data();
  parts.buffers[1] = column.values.data();
  if (has_offsets(column.type)) parts.buffers[2] = column.characters.data();
  if (column.type == ColumnType::boolean) {
    pack_bits(parts.made, column);
    parts.buffers[1] = parts.made.data();
  }
  if (column.type == ColumnType::word) {
    fill_words(parts.dictionary, batch, column.words);
    out.dictionary = &parts.dictionary;
  }
}

/// A child a column. Where one cannot be made, all that `node` owns is released.
template <class Parts, class Node, class Fill>
void add_children(Node& node, const ColumnBatch& batch, Fill fill) {
  auto& parts = *static_cast<Parts*>(node.private_data);
  try {
    parts.children.resize(batch.columns.size());
    for (std::size_t i = 0; i < batch.columns.size(); ++i) {
      fill(parts.children[i], batch.columns[i]);
      parts.pointers.push_back(&parts.children[i]);
    }
  } catch (...) {
    node.release(&node);
    throw;
  }
  node.n_children = static_cast<std::int64_t>(parts.children.size());
  node.children = parts.pointers.data();
}

struct StreamParts {
  /// For the schema.
  std::shared_ptr<const ColumnBatch> model;
  /// Handed out next; null once `next` has to be asked.
  std::shared_ptr<const ColumnBatch> batch;
  NextColumns next;
  std::string error{};
};

/// Runs what may throw; 0, or an errno with its text kept.
template <class Work>
int guarded(ArrowArrayStream* stream, Work work) noexcept {
  auto& parts = *static_cast<StreamParts*>(stream->private_data);
  try {
    work(parts);
    return 0;
  } catch (const std::bad_alloc&) {
    return ENOMEM;
  } catch (const std::exception& error) {
    try {
      parts.error = error.what();
    } catch (const std::bad_alloc&) {
      return ENOMEM;
    }
    return EIO;
  }
}

int stream_schema(ArrowArrayStream* stream, ArrowSchema* out) noexcept {
  return guarded(stream, [out](StreamParts& parts) { export_schema(*out, *parts.model); });
}

int stream_next(ArrowArrayStream* stream, ArrowArray* out) noexcept {
  return guarded(stream, [out](StreamParts& parts) {
    auto batch = std::exchange(parts.batch, nullptr);
    if (!batch && parts.next) batch = parts.next();
    *out = {};
    if (batch) export_array(*out, batch);
  });
}

const char* stream_error(ArrowArrayStream* stream) noexcept {
  const auto& parts = *static_cast<StreamParts*>(stream->private_data);
  return parts.error.empty() ? nullptr : parts.error.c_str();
}

void release_stream(ArrowArrayStream* stream) noexcept {
  delete static_cast<StreamParts*>(stream->private_data);
  stream->release = nullptr;
}

}  // namespace

void export_schema(ArrowSchema& out, const ColumnBatch& batch) {
  ArrowSchema made{};
  fill_schema(made, "+s", {}, 0);
  add_children<SchemaParts>(made, batch, [](ArrowSchema& child, const ColumnData& column) {
    fill_schema(child, column);
  });
  out = made;
}

void export_array(ArrowArray& out, const std::shared_ptr<const ColumnBatch>& batch) {
  ArrowArray made{};
  begin_array(made, batch, batch->rows, 0, 1);
  add_children<ArrayParts>(made, *batch, [&](ArrowArray& child, const ColumnData& column) {
    fill_column(child, batch, column);
  });
  out = made;
}

void export_stream(ArrowArrayStream& out, std::shared_ptr<const ColumnBatch> first,
                   NextColumns next) {
  auto parts = std::make_unique<StreamParts>(
      StreamParts{.model = first, .batch = first, .next = std::move(next)});
  out = {.get_schema = stream_schema,
         .get_next = stream_next,
         .get_last_error = stream_error,
         .release = release_stream,
         .private_data = parts.release()};
}

}  // namespace weir::record
