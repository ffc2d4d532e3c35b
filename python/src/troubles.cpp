// Exceptions and their notes, from the outcomes of a walk.
#include "troubles.h"

#include <string>
#include <vector>

#include "object.h"
#include "raise.h"

namespace weir::python {
namespace {

/// What is beyond is only counted.
constexpr std::size_t most_notes = 20;

struct Told {
  savefile::Trouble trouble;
  std::string path;
};

std::vector<Told> all_of(const savefile::Walk& walk, bool is_complete) {
  std::vector<Told> all;
  for (const savefile::FileOutcome& outcome : walk.troubles()) {
    all.push_back({*outcome.trouble, outcome.file ? walk.files()[*outcome.file].path : ""});
  }
  if (!is_complete) return all;
  for (const std::string& directory : walk.barren_directories()) {
    const FormatError error{ErrorCode::not_a_capture, 0,
                            directory + ": no capture in this directory"};
    all.push_back({savefile::Trouble{error}, directory});
  }
  return all;
}

/// Below the message of the exception that is set.
void add_note(const std::string& note) noexcept {
  PyObject* type = nullptr;
  PyObject* value = nullptr;
  PyObject* traceback = nullptr;
  PyErr_Fetch(&type, &value, &traceback);
  PyErr_NormalizeException(&type, &value, &traceback);
  const Ref done = Ref::steal(PyObject_CallMethod(value, "add_note", "N", text(note)));
  if (!done) PyErr_Clear();
  PyErr_Restore(type, value, traceback);
}

}  // namespace

void raise_troubles(const savefile::Walk& walk, bool is_complete) noexcept {
  try {
    const std::vector<Told> all = all_of(walk, is_complete);
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (i == 0) {
        raise_trouble(all[i].trouble, all[i].path);
      } else if (i <= most_notes) {
        add_note(all[i].trouble.message);
      } else {
        add_note("and " + std::to_string(all.size() - i) + " more");
        return;
      }
    }
  } catch (const std::bad_alloc&) {
    PyErr_NoMemory();
  }
}

}  // namespace weir::python
