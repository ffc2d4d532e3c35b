// One conversion per type a value may have.
#include "value_object.h"

#include <datetime.h>

#include <chrono>
#include <ctime>
#include <limits>

#include "address_object.h"

namespace weir::python {
namespace {

struct Convert {
  PyObject* operator()(std::monostate) const noexcept { Py_RETURN_NONE; }
  PyObject* operator()(bool value) const noexcept { return PyBool_FromLong(value ? 1 : 0); }
  PyObject* operator()(std::uint64_t value) const noexcept {
    return PyLong_FromUnsignedLongLong(value);
  }
  PyObject* operator()(std::int64_t value) const noexcept { return PyLong_FromLongLong(value); }
  PyObject* operator()(double value) const noexcept { return PyFloat_FromDouble(value); }
  PyObject* operator()(std::string_view value) const noexcept { return text(value); }
  PyObject* operator()(const IpAddress& value) const noexcept { return address_object(value); }
  PyObject* operator()(const MacAddress& value) const noexcept { return address_object(value); }
  PyObject* operator()(Bytes value) const noexcept {
    return PyBytes_FromStringAndSize(reinterpret_cast<const char*>(value.data()),
                                     static_cast<Py_ssize_t>(value.size()));
  }
  PyObject* operator()(Timestamp value) const noexcept { return time_object(value); }
};

/// Whether clocks that were put back within a day show the same time once more (PEP 495).
bool fold_of(std::time_t time, const std::tm& local) noexcept {
  constexpr std::time_t day = 86'400;
  const std::time_t before = time - day;
  std::tm then;
  if (::localtime_r(&before, &then) == nullptr) return false;
  const long put_back = then.tm_gmtoff - local.tm_gmtoff;
  if (put_back <= 0) return false;
  const std::time_t first = time - put_back;
  return ::localtime_r(&first, &then) != nullptr && then.tm_gmtoff - local.tm_gmtoff == put_back;
}

}  // namespace

bool import_datetime() noexcept {
  PyDateTime_IMPORT;
  return PyDateTimeAPI != nullptr;
}

PyObject* value_object(const record::Value& value) noexcept {
  return std::visit(Convert{}, value.content());
}

PyObject* time_object(Timestamp time) noexcept {
  using namespace std::chrono;
  const sys_days day = floor<days>(time);
  const year_month_day date{day};
  const hh_mm_ss clock{floor<microseconds>(time - day)};
  const int year = static_cast<int>(date.year());
  if (year < 1 || year > 9999) {
    PyErr_Format(PyExc_OverflowError, "a datetime cannot hold the year %d: use time_ns", year);
    return nullptr;
  }
  return PyDateTimeAPI->DateTime_FromDateAndTime(
      year, static_cast<int>(static_cast<unsigned>(date.month())),
      static_cast<int>(static_cast<unsigned>(date.day())), static_cast<int>(clock.hours().count()),
      static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()),
      static_cast<int>(clock.subseconds().count()), PyDateTime_TimeZone_UTC,
      PyDateTimeAPI->DateTimeType);
}

PyObject* local_time_object(Timestamp time) noexcept {
  using namespace std::chrono;
  const auto second = floor<seconds>(time);
  const std::time_t seconds_since_epoch = second.time_since_epoch().count();
  // Of the second asked last, as it is mostly the same; the GIL keeps them together.
  static std::time_t known = std::numeric_limits<std::time_t>::min();
  static std::tm local;
  static int fold;
  if (seconds_since_epoch != known) {
    known = std::numeric_limits<std::time_t>::min();
    if (::localtime_r(&seconds_since_epoch, &local) == nullptr)
      return PyErr_SetFromErrno(PyExc_OSError);
    fold = fold_of(seconds_since_epoch, local) ? 1 : 0;
    known = seconds_since_epoch;
  }
  const auto microsecond = duration_cast<microseconds>(time - second).count();
  return PyDateTimeAPI->DateTime_FromDateAndTimeAndFold(
      local.tm_year + 1900, local.tm_mon + 1, local.tm_mday, local.tm_hour, local.tm_min,
      local.tm_sec, static_cast<int>(microsecond), Py_None, fold, PyDateTimeAPI->DateTimeType);
}

void ValueBuilder::begin_array() { begin(PyList_New(0)); }
void ValueBuilder::end_array() { end(); }
void ValueBuilder::begin_object() { begin(PyDict_New()); }
void ValueBuilder::end_object() { end(); }

void ValueBuilder::key(std::string_view name) {
  if (failed_ || depth_ == 0) return;
  Ref key = Ref::steal(text(name));
  failed_ = !key;
  keys_[depth_ - 1] = std::move(key);
}

void ValueBuilder::value(const record::Value& value) {
  if (!failed_) put(Ref::steal(value_object(value)));
}

void ValueBuilder::begin(PyObject* container) noexcept {
  Ref made = Ref::steal(container);
  if (failed_) return;
  if (!made || depth_ == max_depth) {
    if (made) PyErr_SetString(PyExc_RecursionError, "a record is nested too deeply");
    failed_ = true;
    return;
  }
  containers_[depth_++] = std::move(made);
}

void ValueBuilder::end() noexcept {
  if (!failed_) put(std::move(containers_[--depth_]));
}

void ValueBuilder::put(Ref object) noexcept {
  if (!object) {
    failed_ = true;
  } else if (depth_ == 0) {
    result_ = std::move(object);
  } else if (PyObject* const in = containers_[depth_ - 1].get(); PyList_Check(in)) {
    failed_ = PyList_Append(in, object.get()) < 0;
  } else {
    failed_ = PyDict_SetItem(in, keys_[depth_ - 1].get(), object.get()) < 0;
  }
}

PyObject* ValueBuilder::take() noexcept {
  if (failed_) return nullptr;
  if (!result_) Py_RETURN_NONE;
  return result_.release();
}

}  // namespace weir::python
