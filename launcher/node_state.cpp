#include "launcher/node_state.h"

#include "base/paths.h"
#include "launcher/secret_sources.h"

namespace launcher {
namespace {

/// --credentials-file, else ES_CREDENTIALS_FILE, absolute; empty for neither.
std::string credentials_file(const Request& request) {
  if (!request.options.credentials_file.empty()) return request.options.credentials_file;
  const std::string variable = request.environment.get("ES_CREDENTIALS_FILE");
  return variable.empty() ? variable : base::absolute_path(variable);
}

}  // namespace

base::Result<NodeState> observe_node(NodeSite site, const Request& request) {
  NodeState node;
  node.site = std::move(site);
  BASE_TRY(node.settings, load_settings(node.site, request.options, request.environment));
  BASE_TRY(const base::Secret keystore_password,
           supplied_keystore_passphrase(request.secrets, request.environment));
  BASE_TRY(node.keystore, open_node_keystore(node.site.keystore_path(), keystore_password,
                                             node.site.installation.facts->keystore_format));
  BASE_TRY(node.supplied_password, supplied_elastic_password(request.secrets, request.environment,
                                                             request.options.password_fd));
  node.facts = observe(node.site, node.settings.settings, node.keystore, credentials_file(request),
                       !node.supplied_password.empty());
  if (request.assumed_stdout) node.facts.stdout_kind = *request.assumed_stdout;
  node.verdict = decide(node.facts, node.settings.settings);
  return node;
}

}  // namespace launcher
