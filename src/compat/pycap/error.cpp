// Where the errors of pycap have their home.
#include "weir/compat/pycap/error.h"

namespace weir::compat::pycap {

error::~error() = default;
capture::error::~error() = default;
inject::error::~error() = default;
protocol::error::~error() = default;
protocol::not_implemented::~not_implemented() = default;

}  // namespace weir::compat::pycap
