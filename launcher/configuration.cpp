#include "launcher/configuration.h"
#include "launcher/configuration_lock.h"

#include <unistd.h>

#include <utility>

#include "base/change_set.h"
#include "base/clock.h"
#include "launcher/console.h"
#include "launcher/credentials.h"
#include "launcher/security_plan.h"

namespace launcher {
namespace {

std::function<void(int, int)> key_progress() {
  if (!console::is_terminal(STDERR_FILENO)) return {};
  return [](int done, int wanted) {
    console::write_text(STDERR_FILENO, "\rmaking keys: " + std::to_string(done) + " of " +
                                           std::to_string(wanted) + (done == wanted ? "\n" : ""));
  };
}

/// The node is now what the plan made of it.
base::Result<void> take_over(const Request& request, SecurityPlan plan, NodeState* node) {
  node->keystore = std::move(plan.keystore);
  BASE_TRY(node->settings, load_settings(node->site, request.options, request.environment));
  return {};
}

}  // namespace

base::Result<SecurityInput> security_input(const Request& request, const NodeState& node) {
  CertificateChoices certificates = request.options.certificates;
  BASE_TRY(certificates.names, extra_names(certificates, request.environment));
  const base::UnixSeconds now = base::now();
  if (base::is_before_this_program(now))
    console::warn("the clock says " + base::format_utc(now, "%Y-%m-%d") +
                  ": the certificates will have expired when it is set; set it, and let 'esboot "
                  "certs check' say what is to be renewed");
  return SecurityInput{node.site,
                       node.settings,
                       node.facts,
                       node.supplied_password,
                       request.environment.get("HOSTNAME"),
                       now,
                       key_progress(),
                       std::move(certificates)};
}

base::Result<void> configure_node(const Request& request, NodeState* node) {
  BASE_TRY(const SecurityInput input, security_input(request, *node));
  BASE_TRY(SecurityPlan plan, plan_security(input, std::move(node->keystore)));
  BASE_CHECK(commit_change(plan.changes));
  show_credentials({plan.elastic_password, plan.http_ca_path, plan.http_ca_sha256_hex,
                    text_setting(node->settings.settings, "http.port").value_or("9200"),
                    node->site.installation.home + "/bin",
                    request.options.certificates.format == certgen::StoreFormat::kPkcs12,
                    plan.elastic_password.empty() ? "" : node->facts.credentials_path});
  return take_over(request, std::move(plan), node);
}

base::Result<void> join_cluster(const Request& request, const EnrollmentToken& token,
                                OldCertificates old, NodeState* node) {
  BASE_CHECK(check_joining(node->facts, node->settings.settings));
  BASE_TRY(const SecurityInput input, security_input(request, *node));
  BASE_TRY(const EnrollmentReply reply, enroll(token));
  BASE_TRY(SecurityPlan plan, plan_enrollment(input, std::move(node->keystore), reply));
  if (old == OldCertificates::kRemoved) {
    for (base::DirectoryChange& directory : plan.changes.directories) directory.kept_suffix.clear();
    // It belongs to the cluster that this node formed on its own.
    plan.changes.moves.push_back({kPasswordFileName, ""});
  }
  BASE_CHECK(commit_change(plan.changes));
  console::note("this node joins a cluster of " + std::to_string(reply.node_addresses.size()) +
                " known addresses; CA certificate: " + plan.http_ca_path);
  return take_over(request, std::move(plan), node);
}

void explain_skip(const Verdict& verdict, const StartOptions& options) {
  if (options.silent || (verdict.already_configured && !options.verbose)) return;
  console::note("security is not configured automatically: " + verdict.finding.reason,
                verdict.finding.hint);
}

namespace {

/// A node that is not configured takes over the password that was supplied, as the stock container
/// does it; a password that the keystore knows already stays. True: it did.
bool adopt_supplied_password(NodeState* node) {
  const bool secured =
      text_setting(node->settings.settings, "xpack.security.enabled").value_or("true") == "true";
  if (!secured || node->supplied_password.empty() || settles_elastic_password(node->keystore))
    return false;
  node->keystore.entries.insert_or_assign(kBootstrapPasswordEntry, node->supplied_password.clone());
  return true;
}

}  // namespace

base::Result<void> bring_keystore_up_to_date(NodeState* node) {
  const VersionFacts& version = *node->site.installation.facts;
  const bool adopted = adopt_supplied_password(node);
  // Where the server opens the keystore itself, it also makes and upgrades it.
  const bool server_does_it = version.server_args == ServerArgsForm::kKeystorePassword;
  if (!adopted && (server_does_it || !is_outdated(node->keystore, version.keystore_format)))
    return {};
  if (!node->facts.config_facts.writable && !node->keystore.on_disk && !server_does_it) return {};
  base::ChangeSet changes;
  changes.directory = node->site.config_directory;
  BASE_TRY(base::Secret file, seal_node_keystore(&node->keystore, version.keystore_format));
  changes.files.push_back({"elasticsearch.keystore", std::move(file), 0660, false});
  auto done = commit_change(changes);
  if (!done) done.error().kind = base::ErrorKind::kConfig;
  return done;
}

}  // namespace launcher
