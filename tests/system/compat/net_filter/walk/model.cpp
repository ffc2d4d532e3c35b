// The rules of NetFilter's life: what is installed, when what may be called, and rules.
#include "system/compat/net_filter/walk/model.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "weir/compat/net_filter.h"

namespace weir::test {
namespace {

[[noreturn]] void refuse(int code) { throw compat::NetFilterError{code, "as the model has it"}; }

/// In upper case.
std::string product_of(const std::string& guid) {
  if (guid.size() != 38 || guid.front() != '{' || guid.back() != '}') refuse(87);
  std::string product = guid;
  for (char& letter : product) {
    letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
  }
  return product;
}

}  // namespace

Model::Model(std::vector<int> adapters, std::map<std::string, Bundle> bundles)
    : adapters_{std::move(adapters)}, bundles_{std::move(bundles)} {}

void Model::expect_initialized() const {
  if (stage_ == Stage::fresh) refuse(21);
}

void Model::expect_inactive() const {
  if (stage_ == Stage::active) refuse(1230);
}

void Model::expect_not_in_use(const std::string& guid) const {
  if (guid.size() == 38 && product_of(guid) == product_) expect_inactive();
}

void Model::expect_file(const std::string& path) const {
  if (absent_.contains(path) || !bundles_.contains(path)) refuse(2);
}

bool Model::install(const std::string& path, const std::string& guid, int altitude, int flags,
                    const std::string& controllers) {
  expect_not_in_use(guid);
  if ((flags & ~0x20007) != 0) refuse(87);
  const std::string product = product_of(guid);
  if (!controllers.empty() && controllers.front() != '/') refuse(87);
  expect_file(path);
  if (!bundles_.at(path).is_one) refuse(13);
  const gate::DriverVersion version = bundles_.at(path).version;
  Installation& here = installed_[product];
  if (here.versions.empty() || here.versions.back() < version) here.versions.push_back(version);
  if ((flags & 1) != 0) here.versions = {here.versions.back()};
  here.origin = path;
  here.altitude = altitude;
  here.checks_rights = (flags & 0x20000) != 0;
  here.is_for_others = !controllers.empty();
  return false;
}

bool Model::uninstall(const std::string& path, const std::string& guid, int flags) {
  expect_not_in_use(guid);
  if (flags < 1 || flags > 3) refuse(87);
  const auto here = installed_.find(product_of(guid));
  if (here == installed_.end()) refuse(2);
  expect_file(path);
  if (path != here->second.origin) refuse(87);
  auto& versions = here->second.versions;
  if (flags == 1) versions = {versions.back()};
  if (flags == 2) versions.pop_back();
  if (flags == 3 || versions.empty()) installed_.erase(here);
  return false;
}

int Model::get_driver_status(const std::string& guid) const {
  const std::string product = product_of(guid);
  if (!installed_.contains(product)) return 0;
  return stage_ == Stage::active && product == product_ ? 4 : 1;
}

std::int64_t Model::get_driver_version(const std::string& guid) const {
  const auto here = installed_.find(product_of(guid));
  if (here == installed_.end()) return 0;
  const gate::DriverVersion& version = here->second.versions.back();
  return (std::int64_t{version.major} << 48) | (std::int64_t{version.minor} << 32) |
         (std::int64_t{version.build} << 16) | version.revision;
}

void Model::initialize(const std::string& guid) {
  expect_inactive();
  const std::string product = product_of(guid);
  const auto here = installed_.find(product);
  if (here == installed_.end()) refuse(2);
  // Without its bundle nobody looks how old it is, but start_filter() refuses it.
  const bool has_bundle = !absent_.contains(here->second.origin);
  if (has_bundle && here->second.versions.back() < gate::Driver{}.version()) refuse(340);
  product_ = product;
  stage_ = Stage::initialized;
}

void Model::start_filter(int timeout) {
  expect_initialized();
  expect_inactive();
  if (timeout != 0 && timeout < 3'000) refuse(1292);
  const Installation& here = installation();
  if (absent_.contains(here.origin)) refuse(2);
  if (here.versions.back() < gate::Driver{}.version()) refuse(340);
  if (here.is_for_others) refuse(5);
  stage_ = Stage::active;
}

bool Model::may_start(int timeout) const {
  Model copy = *this;
  try {
    copy.start_filter(timeout);
    return true;
  } catch (const compat::NetFilterError&) {
    return false;
  }
}

void Model::stop_filter() {
  expect_initialized();
  stage_ = Stage::initialized;
}

void Model::reset_timeout() { refuse(21); }

const Model::Installation& Model::installation() const {
  expect_initialized();
  const auto here = installed_.find(product_);
  if (here == installed_.end()) refuse(2);
  return here->second;
}

int Model::get_altitude() const { return installation().altitude; }

void Model::set_altitude(int value) {
  expect_initialized();
  expect_inactive();
  static_cast<void>(installation());
  installed_[product_].altitude = value;
}

void Model::set_operation_mode(int value) {
  if (value < 0 || value > 1) refuse(87);
  mode_ = value;
}

void Model::set_serialize_events(int value) {
  expect_inactive();
  if (value < 0 || value > 1) refuse(87);
  serialize_ = value;
}

bool Model::add(Rules& to, Rule rule, int adapter, int direction, int max) {
  expect_initialized();
  const bool is_known = std::ranges::find(to, rule.id, &Rule::id) != to.end();
  const bool has_adapter =
      adapter == -1 || std::ranges::find(adapters_, adapter) != adapters_.end();
  const bool has_sizes = rule.min >= -1 && max >= -1 && (max == -1 || rule.min <= max);
  const bool is_one = !is_known && has_adapter && has_sizes && direction >= 0 && direction <= 2 &&
                      rule.action >= 0 && rule.action <= 3 && rule.bpf.find('(') == rule.bpf.npos;
  last_error_ = is_one ? "" : "no";
  if (is_one) to.push_back(std::move(rule));
  return is_one;
}

bool Model::add_filter_rule(int id, int adapter, int direction, int min, int max,
                            const std::string& bpf, int action) {
  // 0 is for rules that pass.
  return add(filters_, {id, min, bpf, action == 0 ? -1 : action}, adapter, direction, max);
}

bool Model::add_passthrough_rule(int id, int adapter, int direction, int min, int max,
                                 const std::string& bpf) {
  return add(passthroughs_, {id, min, bpf, 0}, adapter, direction, max);
}

bool Model::remove(Rules& from, int id) {
  expect_initialized();
  const bool was_there = std::erase_if(from, [&](const Rule& rule) { return rule.id == id; }) == 1;
  last_error_ = was_there ? "" : "no";
  return was_there;
}

bool Model::clear(Rules& of) {
  expect_initialized();
  of.clear();
  last_error_.clear();
  return true;
}

bool Model::delete_filter_rule(int id) { return remove(filters_, id); }
bool Model::delete_passthrough_rule(int id) { return remove(passthroughs_, id); }
bool Model::delete_all_filter_rules() { return clear(filters_); }
bool Model::delete_all_passthrough_rules() { return clear(passthroughs_); }

}  // namespace weir::test
