// NetFilter's published names over its state: the class, its life and its packets.
#include "weir/compat/net_filter.h"

#include "compat/net_filter/nt_status.h"
#include "compat/net_filter/process_protection.h"
#include "compat/net_filter/state.h"

namespace weir::compat {

using namespace net_filter;

NetFilter::NetFilter() : state_{std::make_shared<State>(*this)} {}
NetFilter::~NetFilter() = default;

bool NetFilter::get_active() const noexcept { return state_->is_active(); }

int NetFilter::get_altitude() const { return state_->installed_settings().altitude; }

void NetFilter::set_altitude(int value) {
  expect_no_event("set_altitude");
  const std::lock_guard one{state_->lifecycle};
  state_->expect_initialized_and_inactive("set_altitude");
  state_->change_installed([value](gate::DriverSettings& settings) { settings.altitude = value; });
}

int NetFilter::get_operation_mode() const noexcept {
  const std::lock_guard lock{state_->mutex};
  return state_->mode;
}

void NetFilter::set_operation_mode(int value) { state_->set_mode(value); }

int NetFilter::get_serialize_events() const noexcept {
  const std::lock_guard lock{state_->mutex};
  return state_->serialize;
}

void NetFilter::set_serialize_events(int value) {
  expect_no_event("set_serialize_events");
  state_->expect_inactive("set_serialize_events");
  if (value != seOnMultipleThreads && value != seOnOneWorkerThread) {
    refuse(ERROR_INVALID_PARAMETER,
           "serialize_events is 0 (seOnMultipleThreads) or 1 "
           "(seOnOneWorkerThread), not " +
               std::to_string(value));
  }
  const std::lock_guard lock{state_->mutex};
  state_->serialize = value;
}

std::int64_t NetFilter::get_tag() const noexcept {
  const std::lock_guard lock{state_->mutex};
  return state_->tag;
}

void NetFilter::set_tag(std::int64_t value) noexcept {
  const std::lock_guard lock{state_->mutex};
  state_->tag = value;
}

std::string NetFilter::config(const std::string& configuration_string) {
  return state_->config(configuration_string);
}

bool NetFilter::install(const std::string& cab_file_name, const std::string& product_guid,
                        int altitude, int flags, const std::string& allowed_controllers) {
  expect_no_event("install");
  const std::lock_guard one{state_->lifecycle};
  state_->expect_not_in_use("install", product_guid);
  net_filter::install(cab_file_name, product_guid, altitude, flags, allowed_controllers);
  return false;
}

bool NetFilter::uninstall(const std::string& cab_file_name, const std::string& product_guid,
                          int flags) {
  expect_no_event("uninstall");
  const std::lock_guard one{state_->lifecycle};
  state_->expect_not_in_use("uninstall", product_guid);
  net_filter::uninstall(cab_file_name, product_guid, flags);
  return false;
}

int NetFilter::get_driver_status(const std::string& product_guid) const {
  expect_no_event("get_driver_status");
  return driver_status(product_guid);
}

std::int64_t NetFilter::get_driver_version(const std::string& product_guid) const {
  expect_no_event("get_driver_version");
  return driver_version(product_guid);
}

int NetFilter::nt_status_to_win32_error(std::int64_t status) const noexcept {
  return net_filter::nt_status_to_win32_error(status);
}

void NetFilter::initialize(const std::string& product_guid) { state_->initialize(product_guid); }
void NetFilter::start_filter(int timeout) { state_->start(timeout); }
void NetFilter::stop_filter() { state_->stop(); }

void NetFilter::reset_timeout() {
  const auto timeout = [this] {
    const std::lock_guard lock{state_->mutex};
    return state_->timeout;
  }();
  PacketEvents::extend(timeout);
}

void NetFilter::send_packet(int adapter_id, Bytes data, int num_times, bool buffer_only) {
  state_->expect_initialized();
  with_codes([&] {
    if (buffer_only) {
      const auto initial_size = [this] {
        const std::lock_guard lock{state_->mutex};
        return static_cast<std::size_t>(state_->initial_send_buffer);
      }();
      state_->sending.buffer(adapter_id, data, num_times, initial_size);
    } else {
      state_->sending.send(adapter_id, data, num_times, state_->gate_at_hand().get());
    }
  });
}

void NetFilter::flush_send_buffer(int adapter_id) {
  state_->expect_initialized();
  with_codes([&] { state_->sending.flush(adapter_id, state_->gate_at_hand().get()); });
}

void NetFilter::insert_incoming_packet(int adapter_id, Bytes data) {
  state_->expect_initialized();
  with_codes([&] { state_->sending.insert(adapter_id, data, state_->gate_at_hand().get()); });
}

void NetFilter::get_statistics(int adapter_id) { state_->ask_statistics(adapter_id); }

bool NetFilter::toggle_process_protection(bool enabled) {
  state_->expect_initialized();
  return with_codes([&] { return protect_process(enabled); });
}

void NetFilter::set_around_events(std::function<std::shared_ptr<void>()> around) {
  state_->expect_inactive("set_around_events");
  state_->idle.set_around(around);
  const std::lock_guard lock{state_->mutex};
  state_->around = std::move(around);
}

}  // namespace weir::compat
