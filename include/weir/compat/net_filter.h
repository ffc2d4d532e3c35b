// NetFilter, as its published document names it: packets held, changed, dropped and told of by
// rules.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "weir/api.h"
#include "weir/bytes.h"
#include "weir/compat/net_filter_events.h"
#include "weir/error.h"

namespace weir::compat {

/// What NetFilter throws. Its codes are those of Win32, as published; Error::code() tells the kind.
/// A value: const calls from several threads at once.
class WEIR_API NetFilterError : public Error {
 public:
  NetFilterError(int win32_code, const std::string& message);
  ~NetFilterError() override;
  [[nodiscard]] int win32_code() const noexcept { return win32_code_; }

 private:
  int win32_code_;
};

/// Stands in the way of packets of any adapter, in both directions, by rules.
///
/// Names, defaults, meanings and codes are the published ones; docs/coming-from-netfilter.md says
/// what was decided where the document is silent, and what weir's own API has in place of each.
/// What cannot be done throws NetFilterError, but for rules, which are refused with false
/// (get_last_error()). All calls from several threads at once; handlers run in worker threads, and
/// may do all that is not said to be forbidden within events.
class WEIR_API NetFilter {
 public:
  // NOLINTBEGIN(readability-identifier-naming): published names
  static constexpr int omCapture = 0;
  static constexpr int omStat = 1;
  static constexpr int seOnMultipleThreads = 0;
  static constexpr int seOnOneWorkerThread = 1;
  static constexpr int RULE_ACTION_DROP = 0x01;
  static constexpr int RULE_ACTION_CAPTURE = 0x02;
  static constexpr int RULE_ACTION_NOTIFY = 0x03;
  static constexpr int PACKET_ACTION_DROP = 0x01;
  static constexpr int PACKET_ACTION_SEND = 0x02;
  static constexpr int PACKET_ACTION_SEND_MODIFIED = 0x03;
  static constexpr int PACKET_DIRECTION_OUTGOING = 0x00;
  static constexpr int PACKET_DIRECTION_INCOMING = 0x01;
  static constexpr int PACKET_DIRECTION_ANY = 0x02;
  static constexpr int DLT_EN10MB = 1;
  static constexpr int DLT_RAW = 12;
  static constexpr int DLT_IPV4 = 228;
  static constexpr int DLT_IPV6 = 229;
  static constexpr int MODULE_STATUS_NOT_PRESENT = 0x00000000;
  static constexpr int MODULE_STATUS_STOPPED = 0x00000001;
  static constexpr int MODULE_STATUS_RUNNING = 0x00000004;
  static constexpr int INSTALL_REMOVE_OLD_VERSIONS = 0x00000001;
  static constexpr int INSTALL_KEEP_START_TYPE = 0x00000002;
  static constexpr int INSTALL_OVERWRITE_SAME_VERSION = 0x00000004;
  static constexpr int INSTALL_FORCE_APP_PERMISSION_CHECK = 0x00020000;
  static constexpr int UNINSTALL_VERSION_PREVIOUS = 0x00000001;
  static constexpr int UNINSTALL_VERSION_CURRENT = 0x00000002;
  static constexpr int UNINSTALL_VERSION_ALL = 0x00000003;

  static constexpr int ERROR_FILE_NOT_FOUND = 2;
  static constexpr int ERROR_ACCESS_DENIED = 5;
  static constexpr int ERROR_INVALID_DATA = 13;
  static constexpr int ERROR_NOT_READY = 21;
  static constexpr int ERROR_GEN_FAILURE = 31;
  static constexpr int ERROR_INVALID_PARAMETER = 87;
  static constexpr int ERROR_DISK_FULL = 112;
  static constexpr int ERROR_INSUFFICIENT_BUFFER = 122;
  static constexpr int ERROR_BUSY = 170;
  static constexpr int ERROR_MR_MID_NOT_FOUND = 317;
  static constexpr int ERROR_INVALID_KERNEL_INFO_VERSION = 340;
  static constexpr int ERROR_POSSIBLE_DEADLOCK = 1131;
  static constexpr int ERROR_NOT_FOUND = 1168;
  static constexpr int ERROR_CONNECTION_ACTIVE = 1230;
  static constexpr int ERROR_IMPLEMENTATION_LIMIT = 1292;
  static constexpr int ERROR_PRIVILEGE_NOT_HELD = 1314;
  // NOLINTEND(readability-identifier-naming)

  NetFilter();
  NetFilter(const NetFilter&) = delete;
  NetFilter& operator=(const NetFilter&) = delete;
  /// Stops. Not by handlers.
  ~NetFilter();

  NetFilterEvent<NetFilterPacketEventParams> on_packet;
  NetFilterEvent<NetFilterNotifyPacketEventParams> on_notify_packet;
  NetFilterEvent<NetFilterStatisticsEventParams> on_statistics;
  NetFilterEvent<NetFilterAdapterAddedEventParams> on_adapter_added;
  NetFilterEvent<NetFilterAdapterRemovedEventParams> on_adapter_removed;
  NetFilterEvent<NetFilterErrorEventParams> on_error;
  NetFilterEvent<NetFilterWorkerThreadCreationEventParams> on_worker_thread_creation;
  NetFilterEvent<NetFilterWorkerThreadTerminationEventParams> on_worker_thread_termination;

  /// False; true from start_filter() to stop_filter().
  [[nodiscard]] bool get_active() const noexcept;

  /// As list_adapters() found them; 0 before. Indices that are out of range give the defaults, and
  /// setting there is refused (87). Settings go with the adapter, however often it is listed.
  [[nodiscard]] int get_adapter_count() const;
  [[nodiscard]] int get_adapter_buffer_size(int adapter_index) const;
  void set_adapter_buffer_size(int adapter_index, int value);
  [[nodiscard]] bool get_adapter_collect_statistics(int adapter_index) const;
  void set_adapter_collect_statistics(int adapter_index, bool value);
  [[nodiscard]] std::string get_adapter_description(int adapter_index) const;
  [[nodiscard]] std::string get_adapter_friendly_name(int adapter_index) const;
  [[nodiscard]] int get_adapter_id(int adapter_index) const;
  [[nodiscard]] int get_adapter_interface_type(int adapter_index) const;
  [[nodiscard]] std::string get_adapter_mac_address(int adapter_index) const;
  [[nodiscard]] int get_adapter_max_packet_bytes(int adapter_index) const;
  void set_adapter_max_packet_bytes(int adapter_index, int value);
  [[nodiscard]] std::string get_adapter_name(int adapter_index) const;
  [[nodiscard]] int get_adapter_packet_timeout(int adapter_index) const;
  void set_adapter_packet_timeout(int adapter_index, int value);
  [[nodiscard]] bool get_adapter_promiscuous_mode(int adapter_index) const;
  void set_adapter_promiscuous_mode(int adapter_index, bool value);
  [[nodiscard]] bool get_adapter_wi_fi_monitor_mode(int adapter_index) const;
  void set_adapter_wi_fi_monitor_mode(int adapter_index, bool value);
  [[nodiscard]] bool get_adapter_wi_fi_monitor_mode_supported(int adapter_index) const;

  /// Of the installation: kept when the process ends. Needs initialize(), and rights; to set it,
  /// not while active.
  [[nodiscard]] int get_altitude() const;
  void set_altitude(int value);

  /// As they were passed, in the order they are asked.
  [[nodiscard]] int get_filter_rule_count() const;
  [[nodiscard]] int get_filter_rule_action(int filter_rule_index) const;
  [[nodiscard]] int get_filter_rule_adapter_id(int filter_rule_index) const;
  [[nodiscard]] std::string get_filter_rule_bpf_rule(int filter_rule_index) const;
  [[nodiscard]] int get_filter_rule_direction(int filter_rule_index) const;
  [[nodiscard]] int get_filter_rule_max_packet_size(int filter_rule_index) const;
  [[nodiscard]] int get_filter_rule_min_packet_size(int filter_rule_index) const;
  [[nodiscard]] int get_filter_rule_rule_id(int filter_rule_index) const;
  [[nodiscard]] int get_passthrough_rule_count() const;
  [[nodiscard]] int get_passthrough_rule_adapter_id(int passthrough_rule_index) const;
  [[nodiscard]] std::string get_passthrough_rule_bpf_rule(int passthrough_rule_index) const;
  [[nodiscard]] int get_passthrough_rule_direction(int passthrough_rule_index) const;
  [[nodiscard]] int get_passthrough_rule_max_packet_size(int passthrough_rule_index) const;
  [[nodiscard]] int get_passthrough_rule_min_packet_size(int passthrough_rule_index) const;
  [[nodiscard]] int get_passthrough_rule_rule_id(int passthrough_rule_index) const;

  /// omStat: rules that drop do so, all others only let pass, and on_statistics is told once a
  /// second while active. May change while active.
  [[nodiscard]] int get_operation_mode() const noexcept;
  void set_operation_mode(int value);
  /// Not while active, nor within events.
  [[nodiscard]] int get_serialize_events() const noexcept;
  void set_serialize_events(int value);
  /// The application's own.
  [[nodiscard]] std::int64_t get_tag() const noexcept;
  void set_tag(std::int64_t value) noexcept;

  /// Behind the others of its kind; in force when it returns. Passthrough rules are asked first; of
  /// the filter rules the first that matches decides. False for a rule that cannot be.
  bool add_filter_rule(int rule_id, int adapter_id, int direction, int min_packet_size,
                       int max_packet_size, const std::string& bpf_rule, int action);
  bool add_passthrough_rule(int rule_id, int adapter_id, int direction, int min_packet_size,
                            int max_packet_size, const std::string& bpf_rule);
  bool delete_filter_rule(int rule_id);
  bool delete_passthrough_rule(int rule_id);
  bool delete_all_filter_rules();
  bool delete_all_passthrough_rules();
  /// Not published: why the last of these was refused in this thread; empty if it was not.
  [[nodiscard]] std::string get_last_error() const;

  /// "NAME=VALUE" sets and "NAME" reads; either returns the value. Names in any case.
  std::string config(const std::string& configuration_string);

  /// These need no initialize(), and are forbidden within events. Install and uninstall are root's.
  /// True would mean that the system has to be started again: always false.
  bool install(const std::string& cab_file_name, const std::string& product_guid, int altitude,
               int flags, const std::string& allowed_controllers);
  bool uninstall(const std::string& cab_file_name, const std::string& product_guid, int flags);
  [[nodiscard]] int get_driver_status(const std::string& product_guid) const;
  [[nodiscard]] std::int64_t get_driver_version(const std::string& product_guid) const;
  /// Asks logind. False if it refuses, or there is none.
  bool shutdown_system(const std::string& shutdown_prompt, int timeout, bool force_close_apps,
                       bool reboot);
  /// Not published: what shutdown_system() would ask logind for, a call each.
  [[nodiscard]] static std::vector<std::string> shutdown_calls(const std::string& shutdown_prompt,
                                                               int timeout, bool force_close_apps,
                                                               bool reboot);
  /// What the published table says of a native status; 317 if it is not there.
  [[nodiscard]] int nt_status_to_win32_error(std::int64_t status) const noexcept;

  void initialize(const std::string& product_guid);
  void list_adapters();
  /// Milliseconds a handler has for a packet, 3000 or more; 0 for ever.
  void start_filter(int timeout);
  /// Returns when no packet is held any more. Forbidden within events.
  void stop_filter();
  /// Within on_packet: the packet's timeout begins anew.
  void reset_timeout();
  void send_packet(int adapter_id, Bytes data, int num_times, bool buffer_only);
  /// -1: of all adapters.
  void flush_send_buffer(int adapter_id);
  void insert_incoming_packet(int adapter_id, Bytes data);
  /// Answered by on_statistics, once for all packets and, while active, once for the filter's.
  void get_statistics(int adapter_id);
  /// False: SIGKILL cannot be kept away. All else that docs/coming-from-netfilter.md names is.
  bool toggle_process_protection(bool enabled);

  /// Not published: called before each batch of events in a worker; what it returns is destroyed
  /// behind the batch. Before start_filter().
  void set_around_events(std::function<std::shared_ptr<void>()> around);

 private:
  struct WEIR_PRIVATE State;
  std::shared_ptr<State> state_;
};

}  // namespace weir::compat
