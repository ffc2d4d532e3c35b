// The columns behind weir.columns(): filled without the GIL, read by numpy and Arrow where they
// lie.
#include <pybind11/stl.h>

#include <optional>

#include "bindings.h"
#include "source_object.h"
#include "weir/memory/huge_pages.h"
#include "weir/record/arrow.h"
#include "weir/record/column_reader.h"

namespace py = pybind11;

namespace weir::python {
namespace {

using record::ColumnBatch;
using record::ColumnData;
using record::ColumnType;
using Batch = std::shared_ptr<const ColumnBatch>;

/// Octets of a batch as Python's buffers are; it keeps the batch.
struct Buffer {
  Batch batch;
  Bytes bytes;
};

/// Rows of packets, read from a source batch by batch.
class ColumnSource {
 public:
  ColumnSource(py::object source, const std::vector<std::string>& fields)
      : source_{std::move(source)},
        stream_{stream_of(source_.ptr())},
        reader_{fields, memory::huge_pages(), stream_ ? stream_->decoders() : wire::Decoders{}} {
    if (!stream_) throw py::error_already_set{};
  }

  /// At most `limit` rows, fewer where a source times out; all there are without a limit. Null at
  /// the end. What was whole before an error comes first.
  Batch next(std::optional<std::size_t> limit) {
    if (trouble_) throw *std::exchange(trouble_, std::nullopt);
    if (has_ended_) return nullptr;
    const Stream::Got got = fill(limit);
    if (got == Stream::Got::raised) {
      py::error_already_set error;
      if (!stream_->has_ended()) throw error;
      has_ended_ = true;
      if (reader_.rows() == 0) throw error;
      trouble_.emplace(std::move(error));
    }
    has_ended_ = has_ended_ || got == Stream::Got::end;
    if (has_ended_ && reader_.rows() == 0 && has_told_) return nullptr;
    has_told_ = true;
    return std::make_shared<const ColumnBatch>(reader_.take());
  }

 private:
  Stream::Got fill(std::optional<std::size_t> limit) {
    const auto take = [&](const Stream::Portion& portion) {
      std::size_t count = portion.packets.size();
      if (limit) count = std::min(count, *limit - reader_.rows());
      if (count == 0) return count;
      reader_.add(
          portion.packets.first(count),
          {.number = portion.number, .file = portion.file, .interfaces = portion.interfaces});
      return count;
    };
    Stream::Got got = stream_->drain(take);
    while (got == Stream::Got::timeout && !limit) got = stream_->drain(take);
    return got;
  }

  py::object source_;
  std::shared_ptr<Stream> stream_;
  record::ColumnReader reader_;
  /// What was wrong with the source, behind the rows that were whole.
  std::optional<py::error_already_set> trouble_;
  bool has_ended_ = false;
  /// A batch, perhaps without rows: there is always one.
  bool has_told_ = false;
};

const ColumnData& column_of(const ColumnBatch& batch, const std::string& name) {
  const ColumnData* const found = batch.find(name);
  if (found == nullptr) throw py::key_error(name);
  return *found;
}

/// A str or bytes a row, None where there is none.
py::list objects_of(const ColumnData& column, std::size_t begin, std::size_t end) {
  py::list all;
  for (std::size_t row = begin; row < std::min(end, column.rows); ++row) {
    if (!column.has_value(row)) {
      all.append(py::none());
    } else if (column.type == ColumnType::octets) {
      const Bytes octets = std::get<Bytes>(column.value(row).content());
      all.append(py::bytes{reinterpret_cast<const char*>(octets.data()), octets.size()});
    } else {
      all.append(checked(text(column.text(row))));
    }
  }
  return all;
}

/// Codes of the different texts of a column, and those texts.
py::tuple encoded(const Batch& batch, const std::string& name) {
  const ColumnData& column = column_of(*batch, name);
  auto made = std::make_shared<ColumnBatch>();
  {
    const py::gil_scoped_release released;
    made->columns.push_back(column.as_words());
  }
  const ColumnData& words = made->columns.front();
  return py::make_tuple(Buffer{made, words.values.bytes()}, words.words);
}

void release_capsule(PyObject* capsule) noexcept {
  auto* const stream =
      static_cast<ArrowArrayStream*>(PyCapsule_GetPointer(capsule, "arrow_array_stream"));
  if (stream == nullptr) return;
  if (stream->release != nullptr) stream->release(stream);
  delete stream;
}

py::object arrow_stream(const Batch& batch) {
  auto stream = std::make_unique<ArrowArrayStream>();
  record::export_stream(*stream, batch);
  PyObject* const capsule = PyCapsule_New(stream.get(), "arrow_array_stream", release_capsule);
  if (capsule == nullptr) stream->release(stream.get());
  py::object result = checked(capsule);
  static_cast<void>(stream.release());
  return result;
}

using BatchClass = py::class_<ColumnBatch, std::shared_ptr<ColumnBatch>>;

BatchClass bind_batch(py::module_& module) {
  BatchClass type(module, "ColumnBatch",
                  "Columns of typed values, laid out as Arrow lays them out.");
  type.def_readonly("rows", &ColumnBatch::rows, "Packets.")
      .def_property_readonly(
          "types",
          [](const ColumnBatch& self) {
            py::dict types;
            for (const ColumnData& column : self.columns) {
              types[py::str{column.name}] = record::name(column.type);
            }
            return types;
          },
          "How each column holds its values, by name.")
      .def(
          "absent",
          [](const ColumnBatch& self, const std::string& name) {
            return column_of(self, name).absent;
          },
          py::arg("name"), "absent(self, name)\n--\n\nHow many rows have no value.")
      .def(
          "values",
          [](const std::shared_ptr<ColumnBatch>& self, const std::string& name) {
            return Buffer{self, column_of(*self, name).values.bytes()};
          },
          py::arg("name"), "values(self, name)\n--\n\nThe values, or offsets, of all rows.")
      .def(
          "validity",
          [](const std::shared_ptr<ColumnBatch>& self, const std::string& name) {
            return Buffer{self, column_of(*self, name).validity.bytes()};
          },
          py::arg("name"),
          "validity(self, name)\n--\n\nA bit a row, 1 where there is a value; empty if all have "
          "one.");
  return type;
}

void bind_reading(BatchClass& type) {
  type.def(
          "words",
          [](const ColumnBatch& self, const std::string& name) {
            return column_of(self, name).words;
          },
          py::arg("name"),
          "words(self, name)\n--\n\nWhat the codes of a column of words stand for.")
      .def(
          "objects",
          [](const ColumnBatch& self, const std::string& name, std::size_t begin, std::size_t end) {
            return objects_of(column_of(self, name), begin, end);
          },
          py::arg("name"), py::arg("begin"), py::arg("end"),
          "objects(self, name, begin, end)\n--\n\nSome rows as str, or bytes, or None.")
      .def(
          "encoded",
          [](const std::shared_ptr<ColumnBatch>& self, const std::string& name) {
            return encoded(self, name);
          },
          py::arg("name"),
          "encoded(self, name)\n--\n\nA code a row, -1 where there is none, and the texts they "
          "stand "
          "for.")
      .def_property_readonly(
          "size",
          [](const ColumnBatch& self) {
            std::size_t octets = 0;
            for (const ColumnData& column : self.columns) octets += column.size();
            return octets;
          },
          "Bytes of all columns.")
      .def(
          "arrow_stream",
          [](const std::shared_ptr<ColumnBatch>& self) { return arrow_stream(self); },
          "arrow_stream(self)\n--\n\nA capsule of an ArrowArrayStream.");
}

}  // namespace

void bind_columns(py::module_& module) {
  py::class_<Buffer>(module, "ColumnBuffer", py::buffer_protocol(),
                     "Octets of a column, for the buffer protocol; read-only.")
      .def_buffer([](Buffer& self) {
        return py::buffer_info{const_cast<std::uint8_t*>(self.bytes.data()),
                               1,
                               "B",
                               1,
                               {self.bytes.size()},
                               {std::size_t{1}},
                               true};
      });
  BatchClass batch = bind_batch(module);
  bind_reading(batch);
  py::class_<ColumnSource>(module, "ColumnSource",
                           "Fills columns with fields of a source's packets. One thread at a time.")
      .def(py::init<py::object, const std::vector<std::string>&>(), py::arg("source"),
           py::arg("fields"))
      .def(
          "next",
          [](ColumnSource& self, std::optional<std::size_t> limit) {
            return std::const_pointer_cast<ColumnBatch>(self.next(limit));
          },
          py::arg("limit"),
          "next(self, limit)\n--\n\nThe next rows, or with None all; None at the end.");
}

}  // namespace weir::python
