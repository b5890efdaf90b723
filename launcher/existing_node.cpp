#include "launcher/existing_node.h"

#include <algorithm>
#include <utility>

#include "base/change_set.h"
#include "launcher/command_request.h"
#include "launcher/configuration.h"
#include "launcher/configuration_lock.h"
#include "launcher/console.h"
#include "launcher/credentials.h"
#include "launcher/security_backup.h"

namespace launcher {
namespace {

/// Without TLS between nodes the server refuses to start with security once it is reachable by
/// others, unless it is alone on purpose (its bootstrap check on transport TLS).
base::Result<void> check_without_tls(const Settings& settings) {
  if (text_setting(settings, "discovery.type") == "single-node") return {};
  for (const char* const key : {"network.host", "network.bind_host", "transport.host"}) {
    const std::string host = text_setting(settings, key).value_or("localhost");
    if (host == "localhost" || host == "_local_" || host == "::1" || host.starts_with("127."))
      continue;
    return base::Error{base::ErrorKind::kConfig,
                       std::string(key) + " is " + host +
                           ": a node that others can reach does not start without TLS between "
                           "nodes",
                       "use --transport-only, or set discovery.type: single-node", 0};
  }
  return {};
}

base::Error no_data() {
  return {base::ErrorKind::kNoop, "this node has no data yet",
          "its first start configures security; so does 'esboot configure'", 0};
}

bool has_data(const NodeFacts& facts) {
  return std::any_of(facts.data_directories.begin(), facts.data_directories.end(),
                     [](const DataDirectory& data) { return data.has_entries; });
}

/// The node as it is to be planned for: without the lines that switch security off.
base::Result<void> prepare(const Request& request, NodeState* node) {
  const std::string yml = without_switching_off(node->settings.yml.value_or(""));
  BASE_TRY(node->settings, settings_with(yml, node->site, request.options, request.environment));
  const auto enabled = text_setting(node->settings.settings, "xpack.security.enabled");
  if (enabled)
    return base::Error{base::ErrorKind::kConfig,
                       "xpack.security.enabled is still " + *enabled +
                           ": it is nested in elasticsearch.yml, or comes from elsewhere",
                       "remove that setting by hand", 0};
  return check_existing(node->facts, node->settings.settings);
}

void tell(const SecurityPlan& plan, const NodeState& node, const std::string& backup) {
  show_credentials({plan.elastic_password, plan.http_ca_path, plan.http_ca_sha256_hex,
                    text_setting(node.settings.settings, "http.port").value_or("9200"),
                    node.site.installation.home + "/bin", false,
                    plan.elastic_password.empty() ? "" : node.facts.credentials_path});
  console::note("what was there before is in " + node.site.config_directory + "/" + backup +
                "; 'esboot configure --undo' brings it back");
  console::note(
      "restart the node; where its data has a password for elastic already, that one "
      "counts (bin/elasticsearch-reset-password -u elastic makes a new one)");
  console::note(
      "once it answers: 'esboot configure --kibana-system' sets the password of "
      "kibana_system");
}

}  // namespace

base::Result<int> secure_existing_node(const Request& request, TlsScope scope) {
  BASE_TRY(NodeSite site, find_site(request.invoked_as, request.environment));
  BASE_TRY(const base::DirectoryLock lock, lock_configuration(site.config_directory));
  BASE_CHECK(base::recover(site.config_directory));
  BASE_TRY(NodeState node, observe_node(std::move(site), request));
  if (text_setting(node.settings.settings, "xpack.security.enabled") == "true") {
    console::note("security is enabled already");
    return kAlreadyConfigured;
  }
  if (!has_data(node.facts)) return no_data();
  BASE_CHECK(prepare(request, &node));
  if (scope == TlsScope::kNone) BASE_CHECK(check_without_tls(node.settings.settings));

  BASE_TRY(const SecurityInput input, security_input(request, node));
  BASE_TRY(SecurityPlan plan, plan_existing(input, std::move(node.keystore), scope));
  BASE_TRY(const std::string backup, add_backup(node.site, input.now, &plan));
  BASE_CHECK(commit_change(plan.changes));
  tell(plan, node, backup);
  return 0;
}

base::Result<int> undo_securing(const Request& request) {
  BASE_TRY(const NodeSite site, find_site(request.invoked_as, request.environment));
  BASE_TRY(const base::DirectoryLock lock, lock_configuration(site.config_directory));
  BASE_CHECK(base::recover(site.config_directory));
  const auto backup = newest_backup(site.config_directory);
  if (!backup)
    return base::Error{base::ErrorKind::kNoop,
                       "there is nothing to undo in " + site.config_directory,
                       "only 'esboot configure --existing' can be undone", 0};
  BASE_TRY(const base::ChangeSet changes, restore_backup(site.config_directory, *backup));
  BASE_CHECK(commit_change(changes));
  console::note("the configuration is what it was before; restart the node");
  return 0;
}

}  // namespace launcher
