// memoryview.release() fails where something else is made of the view.
#include "gates/edited_bytes.h"

#include <cstring>

namespace weir::python {
namespace {

std::uint8_t* start_of(PyObject* bytearray) noexcept {
  return reinterpret_cast<std::uint8_t*>(PyByteArray_AS_STRING(bytearray));
}

}  // namespace

bool EditedBytes::begin(Bytes from, std::size_t room) noexcept {
  Ref memory = Ref::steal(
      PyByteArray_FromStringAndSize(nullptr, static_cast<Py_ssize_t>(from.size() + room)));
  Ref views = Ref::steal(PyList_New(0));
  if (!memory || !views) return false;
  if (!from.empty()) std::memcpy(start_of(memory.get()), from.data(), from.size());
  std::memset(start_of(memory.get()) + from.size(), 0, room);
  end();
  memory_ = std::move(memory);
  views_ = std::move(views);
  length_ = from.size();
  return true;
}

std::size_t EditedBytes::most() const noexcept {
  return static_cast<std::size_t>(PyByteArray_GET_SIZE(memory_.get()));
}

void EditedBytes::resize(std::size_t length) noexcept {
  if (length > length_) std::memset(start_of(memory_.get()) + length_, 0, length - length_);
  length_ = length;
}

Bytes EditedBytes::bytes() const noexcept { return {start_of(memory_.get()), length_}; }

PyObject* EditedBytes::view() noexcept {
  const Ref whole = Ref::steal(PyMemoryView_FromObject(memory_.get()));
  if (!whole) return nullptr;
  Ref part = Ref::steal(PySequence_GetSlice(whole.get(), 0, static_cast<Py_ssize_t>(length_)));
  if (!part || PyList_Append(views_.get(), part.get()) < 0) return nullptr;
  return part.release();
}

void EditedBytes::end() noexcept {
  if (!is_there()) return;
  PyObject *type, *value, *traceback;
  PyErr_Fetch(&type, &value, &traceback);
  for (Py_ssize_t i = 0; i < PyList_GET_SIZE(views_.get()); ++i) {
    const Ref released =
        Ref::steal(PyObject_CallMethod(PyList_GET_ITEM(views_.get(), i), "release", nullptr));
    if (!released) PyErr_Clear();
  }
  PyErr_Restore(type, value, traceback);
  views_ = {};
  memory_ = {};
}

}  // namespace weir::python
