// What NetFilter has to answer, by rules that are written down a second time.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "weir/gate/driver.h"

namespace weir::test {

/// Methods of NetFilter, by their names, for a process of root's: each returns what NetFilter's
/// has to, or throws its NetFilterError.
class Model {
 public:
  /// What a bundle is, by its path.
  struct Bundle {
    bool is_one = true;
    gate::DriverVersion version{};
  };
  /// Adapters by their ids, bundles by their paths: there are no others.
  Model(std::vector<int> adapters, std::map<std::string, Bundle> bundles);

  /// Files come and go.
  void take_away(const std::string& path) { absent_.insert(path); }
  void put_back(const std::string& path) { absent_.erase(path); }

  bool install(const std::string& path, const std::string& guid, int altitude, int flags,
               const std::string& controllers);
  bool uninstall(const std::string& path, const std::string& guid, int flags);
  [[nodiscard]] int get_driver_status(const std::string& guid) const;
  [[nodiscard]] std::int64_t get_driver_version(const std::string& guid) const;

  void initialize(const std::string& guid);
  void start_filter(int timeout);
  void stop_filter();
  void reset_timeout();
  [[nodiscard]] bool get_active() const { return stage_ == Stage::active; }

  [[nodiscard]] int get_altitude() const;
  void set_altitude(int value);
  [[nodiscard]] int get_operation_mode() const { return mode_; }
  void set_operation_mode(int value);
  [[nodiscard]] int get_serialize_events() const { return serialize_; }
  void set_serialize_events(int value);
  [[nodiscard]] std::int64_t get_tag() const { return tag_; }
  void set_tag(std::int64_t value) { tag_ = value; }
  std::string config(const std::string& text);

  bool add_filter_rule(int id, int adapter, int direction, int min, int max, const std::string& bpf,
                       int action);
  bool add_passthrough_rule(int id, int adapter, int direction, int min, int max,
                            const std::string& bpf);
  bool delete_filter_rule(int id);
  bool delete_passthrough_rule(int id);
  bool delete_all_filter_rules();
  bool delete_all_passthrough_rules();
  [[nodiscard]] std::string get_last_error() const { return last_error_; }
  [[nodiscard]] int get_filter_rule_count() const { return static_cast<int>(filters_.size()); }
  [[nodiscard]] int get_filter_rule_rule_id(int index) const;
  [[nodiscard]] int get_filter_rule_action(int index) const;
  [[nodiscard]] int get_filter_rule_min_packet_size(int index) const;
  [[nodiscard]] std::string get_filter_rule_bpf_rule(int index) const;
  [[nodiscard]] int get_passthrough_rule_count() const {
    return static_cast<int>(passthroughs_.size());
  }
  [[nodiscard]] int get_passthrough_rule_rule_id(int index) const;

  void list_adapters();
  [[nodiscard]] int get_adapter_count() const { return adapter_count_; }
  [[nodiscard]] int get_adapter_max_packet_bytes(int index) const;
  void set_adapter_max_packet_bytes(int index, int value);
  [[nodiscard]] int get_adapter_packet_timeout(int index) const;
  void set_adapter_packet_timeout(int index, int value);
  [[nodiscard]] bool get_adapter_collect_statistics(int index) const;
  void set_adapter_collect_statistics(int index, bool value);

  void send_packet(int adapter, const std::vector<std::uint8_t>& data, int times, bool buffer_only);
  void flush_send_buffer(int adapter) const;
  void insert_incoming_packet(int adapter, const std::vector<std::uint8_t>& data) const;
  void get_statistics(int adapter) const;
  bool toggle_process_protection(bool enabled) const;

  /// Whether start_filter() would start one.
  [[nodiscard]] bool may_start(int timeout) const;

 private:
  enum class Stage : std::uint8_t { fresh, initialized, active };
  struct Installation {
    std::vector<gate::DriverVersion> versions{};
    std::string origin{};
    int altitude = 0;
    bool checks_rights = false;
    bool logs = false;
    bool is_for_others = false;
  };
  struct Rule {
    int id = 0;
    int min = 0;
    std::string bpf{};
    int action = 0;
  };
  using Rules = std::vector<Rule>;
  struct AdapterSettings {
    int max_packet_bytes = 262'144;
    int packet_timeout = 1'000;
    bool collect_statistics = true;
  };

  void expect_initialized() const;
  void expect_inactive() const;
  void expect_not_in_use(const std::string& guid) const;
  void expect_file(const std::string& path) const;
  void expect_adapter(int id) const;
  [[nodiscard]] const Installation& installation() const;
  bool add(Rules& to, Rule rule, int adapter, int direction, int max);
  bool remove(Rules& from, int id);
  bool clear(Rules& of);
  [[nodiscard]] AdapterSettings adapter(int index) const;
  AdapterSettings& adapter_to_change(int index);
  std::string installed_setting(bool Installation::* of, const std::string* value);
  std::string boolean_setting(bool& of, const std::string* value) const;
  std::string number_setting(const std::string& name, const std::string* value);

  std::vector<int> adapters_;
  std::map<std::string, Bundle> bundles_;
  std::set<std::string> absent_{};
  std::map<std::string, Installation> installed_{};

  Stage stage_ = Stage::fresh;
  std::string product_{};
  int mode_ = 0;
  int serialize_ = 0;
  std::int64_t tag_ = 0;
  bool denies_expired_ = false;
  std::map<std::string, std::int64_t> numbers_{};
  Rules filters_{};
  Rules passthroughs_{};
  std::string last_error_{};
  int adapter_count_ = 0;
  std::map<int, AdapterSettings> adapter_settings_{};
};

}  // namespace weir::test
