#include "launcher/reconfigure_command.h"

#include <utility>

#include "base/change_set.h"
#include "launcher/command_request.h"
#include "launcher/configuration.h"
#include "launcher/configuration_lock.h"
#include "launcher/console.h"
#include "launcher/process_state.h"
#include "launcher/secret_sources.h"
#include "launcher/yml_block.h"

namespace launcher {
namespace {

constexpr const char* kHelp =
    "esboot reconfigure --enrollment-token TOKEN [--yes] [options of start]\n\n"
    "Lets a node that was configured by its first start, and holds no data, join a cluster\n"
    "instead. Asks before it replaces anything. Where anything fails, the\n"
    "node stays as it is.\n\n"
    "      --enrollment-token VALUE  join the cluster that issued this token\n"
    "      --yes                   replace without asking\n\n"
    "A token: bin/elasticsearch-create-enrollment-token -s node, on a node of the cluster\n";

constexpr const char* kQuestion =
    "\nThis node is going to belong to the cluster that issued the token. That replaces:\n"
    "  - the security block of elasticsearch.yml\n"
    "  - the directory certs\n"
    "  - the entries of the keystore that were made with them\n";

base::Error not_auto_configured(const NodeSite& site, const std::string& what) {
  return {base::ErrorKind::kUsage,
          "this node was not configured by a first start: " + site.config_directory + what,
          "start it with --enrollment-token, which configures it", 0};
}

/// The token of the command line, else that of the environment.
base::Result<EnrollmentToken> token_of(const Request& request) {
  const auto& given = request.options.enrollment_tokens;
  if (given.size() > 1)
    return base::Error{base::ErrorKind::kUsage, "--enrollment-token is given more than once",
                       "a node joins one cluster, with one token", 0};
  if (!given.empty()) return parse_enrollment_token(given.front());
  if (!request.secrets.enrollment_token.empty())
    return parse_enrollment_token(request.secrets.enrollment_token);
  return base::Error{base::ErrorKind::kUsage, "--enrollment-token is missing",
                     "make one on a node of the cluster: "
                     "bin/elasticsearch-create-enrollment-token -s node",
                     0};
}

/// What the first start put into the keystore goes; the rest stays. Error: kIo where a password of
/// a store is missing (the stock code). The hash is not asked for: not every configuration has one.
base::Result<void> remove_own_entries(const Settings& settings, const std::string& path,
                                      NodeKeystore* keystore) {
  keystore::Entries& entries = keystore->entries;
  const bool stores = settings.contains("xpack.security.transport.ssl.keystore.path");
  for (const char* const name : {kTransportPassword, kTransportTrustPassword, kHttpPassword})
    if (entries.erase(name) == 0 && stores && keystore->on_disk)
      return base::Error{base::ErrorKind::kIo, path + " has no entry " + name,
                         "'esboot doctor' tells what else is missing", 0};
  entries.erase(kPasswordHashEntry);
  const auto active = entries.find(kEncryptionActive);
  if (active != entries.end() && active->second.expose() == "autoconfigured") {
    entries.erase(active);
    entries.erase(kEncryptionPassword);
  }
  return {};
}

base::Result<NodeKeystore> open_keystore(const NodeSite& site, const Request& request) {
  BASE_TRY(const base::Secret password,
           secret_of_variable("KEYSTORE_PASSWORD", request.secrets.keystore_password,
                              request.environment));
  return open_node_keystore(site.keystore_path(), password,
                            site.installation.facts->keystore_format);
}

base::Result<int> reconfigure(const Request& request, bool yes) {
  BASE_TRY(NodeSite site, find_site(request.invoked_as, request.environment));
  BASE_TRY(const base::DirectoryLock lock, lock_configuration(site.config_directory));
  BASE_CHECK(base::recover(site.config_directory));
  BASE_TRY(const NodeSettings now, load_settings(site, request.options, request.environment));
  BASE_CHECK(check_files(observe(site, now.settings, NodeKeystore(), "", true), now.settings));
  BASE_TRY(const EnrollmentToken token, token_of(request));
  BASE_TRY(const auto left, without_security_block(now.yml.value_or(""), site.yml_path()));
  if (!left) return not_auto_configured(site, "/elasticsearch.yml has no security block");
  if (base::facts_of(site.config_directory + "/certs").type != base::FileType::kDirectory)
    return not_auto_configured(site, "/certs does not exist");
  if (!yes) {
    console::print(kQuestion);
    BASE_TRY(const bool go_on, console::ask_yes_no("Do you want to go on?"));
    if (!go_on) {
      console::note("nothing was changed");
      return 0;
    }
  }

  NodeState node;
  node.site = std::move(site);
  BASE_TRY(node.keystore, open_keystore(node.site, request));
  BASE_CHECK(remove_own_entries(now.settings, node.site.keystore_path(), &node.keystore));
  BASE_TRY(node.settings,
           settings_with(left->yml, node.site, request.options, request.environment));
  node.facts = observe(node.site, node.settings.settings, node.keystore, "", true);
  BASE_CHECK(join_cluster(request, token, OldCertificates::kRemoved, &node));
  for (const std::string& key : left->kept)
    console::note("kept from the old security block: " + key);
  return 0;
}

}  // namespace

int run_reconfigure_command(const std::string& invoked_as, std::span<char* const> arguments) {
  const SigpipeIgnored quiet;
  const CommandLine line = split_off_flags(arguments, {"--yes"});
  const auto request = request_of(invoked_as, line.arguments);
  if (!request.ok()) return conclude(request.error());
  if (request.value().options.help) {
    console::print_raw(kHelp);
    return 0;
  }
  return conclude(reconfigure(request.value(), line.has("--yes")));
}

}  // namespace launcher
