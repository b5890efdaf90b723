#include "launcher/first_start_checks.h"

#include <algorithm>
#include <array>

namespace launcher {
namespace {

using Passed = std::nullopt_t;
constexpr Passed kPassed = std::nullopt;
using Outcome = std::optional<Finding>;

constexpr std::string_view kTransportTls = "xpack.security.transport.ssl.";
constexpr std::string_view kHttpTls = "xpack.security.http.ssl.";

std::string who_and_mode(const base::FileFacts& facts) {
  return "owner " + base::owner_text(facts.uid, facts.gid) + ", mode " +
         base::mode_text(facts.mode);
}

bool is_set(const Settings& settings, const std::string& key) {
  const auto found = settings.find(key);
  if (found == settings.end()) return false;
  const auto* const list = std::get_if<std::vector<std::string>>(&found->second);
  return list == nullptr || !list->empty();
}

Outcome data_is_empty(const NodeFacts& facts, const Settings&) {
  for (const DataDirectory& data : facts.data_directories)
    if (data.has_entries)
      return Finding{
          "the data directory " + data.path + " is not empty, so this is not a first start",
          "start with an empty data directory, or set up security by hand"};
  return kPassed;
}

Outcome yml_is_a_file(const NodeFacts& facts, const Settings&) {
  if (facts.yml_facts.type == base::FileType::kRegular) return kPassed;
  if (facts.yml_facts.type == base::FileType::kMissing)
    return Finding{facts.yml_path + " does not exist", "create it; it may be empty"};
  return Finding{facts.yml_path + " is not a regular file (a symbolic link does not count)",
                 "put a regular file there"};
}

Outcome keystore_is_a_file(const NodeFacts& facts, const Settings&) {
  const auto type = facts.keystore_facts.type;
  if (type == base::FileType::kRegular || type == base::FileType::kMissing) return kPassed;
  return Finding{facts.keystore_path + " is not a regular file (a symbolic link does not count)",
                 "put a regular file there, or none"};
}

Outcome not_switched_off(const NodeFacts&, const Settings& settings) {
  if (text_setting(settings, "xpack.security.autoconfiguration.enabled") != "false") return kPassed;
  return Finding{"xpack.security.autoconfiguration.enabled is false", "remove that setting"};
}

Outcome security_not_set(const NodeFacts&, const Settings& settings) {
  if (!is_set(settings, "xpack.security.enabled")) return kPassed;
  return Finding{"xpack.security.enabled is set, so security is configured already",
                 "remove that setting to have it configured"};
}

Outcome tls_not_set(const NodeFacts&, const Settings& settings) {
  for (const std::string_view prefix : {kTransportTls, kHttpTls}) {
    const auto at = settings.lower_bound(std::string(prefix));
    if (at != settings.end() && at->first.starts_with(prefix))
      return Finding{
          at->first + " is set, so TLS is configured already",
          "remove the settings below " + std::string(prefix.substr(0, prefix.size() - 1))};
  }
  return kPassed;
}

Outcome tls_not_in_keystore(const NodeFacts& facts, const Settings&) {
  for (const std::string& name : facts.keystore_names)
    if (name.starts_with(kTransportTls) || name.starts_with(kHttpTls))
      return Finding{"the keystore holds " + name + ", so TLS is configured already",
                     "remove it with 'esboot keystore remove " + name + "'"};
  return kPassed;
}

Outcome is_initial_node(const NodeFacts&, const Settings& settings) {
  const auto type = text_setting(settings, "discovery.type");
  if (type == "single-node") return kPassed;
  if (is_set(settings, "discovery.type"))
    return Finding{"discovery.type is " + type.value_or("a list") + ", not single-node",
                   "remove discovery.type, or set it to single-node"};
  const auto masters = list_setting(settings, "cluster.initial_master_nodes");
  const auto name = text_setting(settings, "node.name").value_or("");
  if (masters == std::vector<std::string>{name}) return kPassed;
  for (const char* const key :
       {"cluster.initial_master_nodes", "discovery.seed_hosts", "discovery.seed_providers"})
    if (!list_setting(settings, key).empty())
      return Finding{std::string(key) + " is set: this node is to form or join a larger cluster",
                     "remove that setting, or configure security by hand on every node"};
  return kPassed;
}

bool has_any_role(const std::vector<std::string>& roles, std::string_view prefix) {
  return std::any_of(roles.begin(), roles.end(),
                     [&](const std::string& role) { return role.starts_with(prefix); });
}

Outcome can_be_master(const NodeFacts&, const Settings& settings) {
  if (!settings.contains("node.roles")) return kPassed;
  const auto roles = list_setting(settings, "node.roles");
  const bool master = std::find(roles.begin(), roles.end(), "master") != roles.end();
  if (master && !has_any_role(roles, "voting_only")) return kPassed;
  return Finding{"node.roles does not let this node become master",
                 "add the role master (without voting_only), or remove node.roles"};
}

Outcome can_hold_data(const NodeFacts&, const Settings& settings) {
  if (!settings.contains("node.roles")) return kPassed;
  if (has_any_role(list_setting(settings, "node.roles"), "data")) return kPassed;
  return Finding{"node.roles does not let this node hold data",
                 "add the role data, or remove node.roles"};
}

Outcome config_is_writable(const NodeFacts& facts, const Settings&) {
  if (facts.config_facts.writable) return kPassed;
  return Finding{"the configuration directory " + facts.config_directory + " cannot be written (" +
                     who_and_mode(facts.config_facts) + ", or its file system is read-only)",
                 "make it writable for the user who starts the node"};
}

Outcome config_is_ours(const NodeFacts& facts, const Settings&) {
  if (facts.config_facts.uid == facts.effective_uid || facts.effective_uid == 0) return kPassed;
  return Finding{"the configuration directory " + facts.config_directory +
                     " belongs to another user (" + who_and_mode(facts.config_facts) + ")",
                 "start the node as that user, or give the directory to the one who starts it"};
}

Outcome output_is_visible(const NodeFacts& facts, const Settings&) {
  if (facts.stdout_kind != StreamKind::kRegularFile || facts.credentials_place_named)
    return kPassed;
  return Finding{"output is redirected to a file, where the credentials would stay readable",
                 "start once without the redirection; it is fine on every later start"};
}

Outcome credentials_file_is_free(const NodeFacts& facts, const Settings&) {
  const base::FileFacts& file = facts.credentials_facts;
  // An empty one is what an attempt that did not come to its commit leaves.
  const bool ours =
      file.type == base::FileType::kRegular && file.size_bytes == 0 && (file.mode & 077U) == 0;
  if (facts.credentials_path.empty() || file.type == base::FileType::kMissing || ours)
    return kPassed;
  return Finding{facts.credentials_path + " exists already, and the password would go there",
                 "move it away, or name another file with --credentials-file"};
}

using enum base::ErrorKind;

// clang-format off
constexpr std::array kChecks{
    // name, what it looks at, means configured, only to form a cluster, error of a node that joins
    FirstStartCheck{"data-directory", "path.data", false, false, kNoop, data_is_empty},
    FirstStartCheck{"settings-file", "elasticsearch.yml", false, false, kConfig, yml_is_a_file},
    FirstStartCheck{"keystore-file", "elasticsearch.keystore", false, false, kNoop, keystore_is_a_file},
    FirstStartCheck{"switched-on", "xpack.security.autoconfiguration.enabled", false, false, kNoop, not_switched_off},
    FirstStartCheck{"security-unset", "xpack.security.enabled", true, false, kNoop, security_not_set},
    FirstStartCheck{"tls-unset", "xpack.security.{transport,http}.ssl.*", true, false, kNoop, tls_not_set},
    FirstStartCheck{"tls-keystore", "TLS entries of the keystore", true, false, kConfig, tls_not_in_keystore},
    FirstStartCheck{"initial-node", "discovery and cluster formation settings", false, false, kNoop, is_initial_node},
    FirstStartCheck{"master-role", "node.roles", false, true, kNoop, can_be_master},
    FirstStartCheck{"data-role", "node.roles", false, true, kNoop, can_hold_data},
    FirstStartCheck{"config-writable", "the configuration directory", false, false, kCannotCreate, config_is_writable},
    FirstStartCheck{"config-owner", "the configuration directory", false, false, kConfig, config_is_ours},
    FirstStartCheck{"output-visible", "stdout", false, true, kNoop, output_is_visible},
    FirstStartCheck{"credentials-file", "--credentials-file, initial_elastic_password", false, true, kNoop, credentials_file_is_free},
};
// clang-format on

/// The checks at the head of the table that look at files only (behaviour page 4.1, rows 1 to 4).
constexpr std::size_t kFileChecks = 3;

/// Those that stand against a first start, but not against securing a node that has data.
constexpr std::array<std::string_view, 6> kOnlyForFirstStart{"data-directory", "switched-on",
                                                             "security-unset", "master-role",
                                                             "data-role",      "output-visible"};

base::Result<void> pass(const FirstStartCheck& check, const NodeFacts& facts,
                        const Settings& settings, const std::string& obstructed) {
  if (auto finding = check.run(facts, settings))
    return base::Error{check.kind_when_joining, obstructed + ": " + finding->reason, finding->hint,
                       0};
  return {};
}

}  // namespace

std::span<const FirstStartCheck> first_start_checks() {
  return kChecks;
}

Verdict decide(const NodeFacts& facts, const Settings& settings) {
  Verdict verdict;
  for (const FirstStartCheck& check : kChecks) {
    auto finding = check.run(facts, settings);
    if (!finding) continue;
    verdict.already_configured = verdict.already_configured || check.means_configured;
    if (!verdict.configure) continue;
    verdict.configure = false;
    verdict.check = check.name;
    verdict.finding = std::move(*finding);
  }
  return verdict;
}

base::Result<void> check_files(const NodeFacts& facts, const Settings& settings) {
  for (const FirstStartCheck& each : std::span(kChecks).first(kFileChecks))
    BASE_CHECK(pass(each, facts, settings, "this node cannot join"));
  return {};
}

base::Result<void> check_joining(const NodeFacts& facts, const Settings& settings) {
  for (const FirstStartCheck& each : kChecks)
    if (!each.only_to_form) BASE_CHECK(pass(each, facts, settings, "this node cannot join"));
  return {};
}

base::Result<void> check_existing(const NodeFacts& facts, const Settings& settings) {
  for (const FirstStartCheck& each : kChecks)
    if (std::find(kOnlyForFirstStart.begin(), kOnlyForFirstStart.end(), each.name) ==
        kOnlyForFirstStart.end())
      BASE_CHECK(pass(each, facts, settings, "this node cannot be secured"));
  return {};
}

}  // namespace launcher
