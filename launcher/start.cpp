#include "launcher/start.h"

#include <sched.h>
#include <unistd.h>

#include <utility>

#include "base/change_set.h"
#include "base/clock.h"
#include "base/files.h"
#include "base/paths.h"
#include "launcher/apm_agent.h"
#include "launcher/certs_upkeep.h"
#include "launcher/command_request.h"
#include "launcher/configuration.h"
#include "launcher/configuration_lock.h"
#include "launcher/console.h"
#include "launcher/dry_run.h"
#include "launcher/exec.h"
#include "launcher/java_variables.h"
#include "launcher/jvm_command.h"
#include "launcher/node_state.h"
#include "launcher/phase_times.h"
#include "launcher/plugin_sync.h"
#include "launcher/security_plan.h"
#include "launcher/server_args.h"

namespace launcher {
namespace {

base::Result<void> check_logging_config(const NodeSite& site) {
  const std::string path = site.config_directory + "/log4j2.properties";
  if (!site.installation.facts->needs_logging_config ||
      base::facts_of(path).type != base::FileType::kMissing)
    return {};
  return base::Error{base::ErrorKind::kConfig, "the logging configuration " + path + " is missing",
                     "restore it, or correct ES_PATH_CONF", 0};
}

int available_processors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

base::Result<JvmCommand> plan_jvm(const NodeState& node, const Jdk& jdk,
                                  const Environment& environment,
                                  const std::string& temp_directory) {
  const Settings& settings = node.settings.settings;
  BASE_TRY(const auto options,
           read_jvm_options(node.site.config_directory, temp_directory, jdk.major, environment));
  BASE_TRY(const std::string bridge, find_entitlement_bridge(node.site.installation.home));
  const std::string logs = text_setting(settings, "path.logs").value_or("");
  BASE_TRY(auto apm_options, make_apm_options({node.site.installation, settings,
                                               node.keystore.entries, logs, temp_directory}));
  const JvmCommandInput input{node.site.installation,
                              jdk,
                              environment,
                              settings,
                              node.settings.yml,
                              options,
                              node.site.config_directory,
                              logs,
                              temp_directory,
                              bridge,
                              observe_memory_limit(),
                              available_processors(),
                              std::move(apm_options)};
  return make_jvm_command(input);
}

/// Never keeps the node from starting, but for a variable that cannot be understood.
base::Result<void> keep_certificates(const NodeState& node, const Environment& environment) {
  BASE_TRY(const int renew_below_days, renewal_days(environment));
  for (const std::string& sentence :
       look_after_certificates(node.site.config_directory, node.settings.settings,
                               node.keystore.entries, {renew_below_days, base::now()}))
    console::warn(sentence);
  return {};
}

base::Secret server_args_of(const NodeState& node, const StartOptions& options,
                            const std::string& pid_file) {
  const auto& sealed = node.keystore.sealed;
  const VersionFacts& version = *node.site.installation.facts;
  const ServerArgs args{
      options.daemonize,
      options.quiet,
      pid_file,
      sealed ? sealed->format : version.keystore_format,
      sealed && sealed->has_passphrase,
      sealed && (node.keystore.on_disk || node.verdict.configure) ? &sealed->data_block : nullptr,
      node.keystore.entries,
      node.keystore.passphrase,
      node.settings.settings,
      node.site.config_directory,
      text_setting(node.settings.settings, "path.logs").value_or("")};
  return encode_server_args(args, version.server_args);
}

NodeLog log_of(const Settings& settings) {
  const std::string path = text_setting(settings, "path.logs").value_or("") + "/" +
                           text_setting(settings, "cluster.name").value_or("elasticsearch") +
                           ".log";
  return {path, base::facts_of(path).size_bytes};
}

/// Whether the server itself speaks to the service manager: that of the packages does where their
/// unit asks for it (behaviour page 1.6).
bool node_notifies(const Installation& installation, const Environment& environment) {
  const std::string& type = installation.distribution_type;
  return (type == "deb" || type == "rpm") && environment.get("ES_SD_NOTIFY") == "true";
}

/// The token of the command line, else that of ENROLLMENT_TOKEN, which a container keeps on its
/// later starts: there it is for a node that is not configured yet. nullptr: this node joins
/// nobody.
const base::Secret* token_of(const Request& request, const Verdict& verdict) {
  if (!request.options.enrollment_tokens.empty()) return &request.options.enrollment_tokens.front();
  const base::Secret& variable = request.secrets.enrollment_token;
  return variable.empty() || verdict.already_configured ? nullptr : &variable;
}

/// What the exec needs, complete.
struct Launch {
  JvmCommand command;
  base::Secret server_args;
  ServerWatch watch;
};

/// What a start stands on, found and checked without a change.
struct Ground {
  NodeSite site;
  Jdk jdk;
  std::string pid_file;
};

base::Result<Ground> survey(const Request& request) {
  BASE_CHECK(check_options(request.options));
  Ground ground;
  BASE_TRY(ground.site, find_site(request.invoked_as, request.environment));
  const Installation& installation = ground.site.installation;
  BASE_TRY(ground.jdk, find_jdk(installation, request.environment));
  BASE_CHECK(check_newest_java(installation, ground.jdk));
  warn_of_ignored_java_variables(request.environment, ground.jdk.type,
                                 installation.facts->ignores_java_options);
  BASE_CHECK(check_logging_config(ground.site));
  BASE_CHECK(check_plugins_file(ground.site));
  BASE_TRY(ground.pid_file, check_pid_file(request.options.pid_file, installation.home));
  return ground;
}

base::Result<Launch> prepare(const Request& request, const ServiceManager& manager) {
  PhaseTimes times;
  manager.status("reading the node's configuration");
  times.begin("installation");
  BASE_TRY(Ground ground, survey(request));
  const Jdk& jdk = ground.jdk;
  BASE_TRY(const base::DirectoryLock lock, lock_configuration(ground.site.config_directory));
  BASE_CHECK(base::recover(ground.site.config_directory));
  times.begin("settings, keystore and checks");
  BASE_TRY(NodeState node, observe_node(std::move(ground.site), request));
  times.begin("JVM command");
  BASE_TRY(const std::string temp_directory,
           find_temp_directory(request.environment, node.site.installation.home));
  BASE_TRY(JvmCommand command, plan_jvm(node, jdk, request.environment, temp_directory));
  if (const base::Secret* const token = token_of(request, node.verdict)) {
    manager.status("joining a cluster");
    times.begin("joining");
    // What stands against joining is said before the token is read, with its own exit code.
    BASE_CHECK(check_joining(node.facts, node.settings.settings));
    BASE_TRY(const EnrollmentToken parsed, parse_enrollment_token(*token));
    BASE_CHECK(join_cluster(request, parsed, OldCertificates::kKept, &node));
  } else if (node.verdict.configure) {
    manager.status("making certificates and security settings");
    times.begin("certificates and security settings");
    BASE_CHECK(configure_node(request, &node));
  } else {
    times.begin("upkeep");
    explain_skip(node.verdict, request.options);
    BASE_CHECK(bring_keystore_up_to_date(&node));
    BASE_CHECK(keep_certificates(node, request.environment));
  }
  times.begin("plugins");
  BASE_CHECK(sync_plugins(node.site, jdk, request.environment));
  if (request.options.explain) {
    console::note(command.heap_explanation);
    console::note(times.text());
  }
  const VersionFacts& version = *node.site.installation.facts;
  return Launch{
      std::move(command), server_args_of(node, request.options, ground.pid_file),
      ServerWatch{StderrRules{version.drops_vector_warning, version.drops_timezone_warning},
                  log_of(node.settings.settings),
                  node_notifies(node.site.installation, request.environment)}};
}

}  // namespace

base::Error start(StartContext* context) {
  if (context->relay != nullptr) context->relay->inform(context->manager.socket());
  BASE_TRY(const Launch launch, prepare(context->request, context->manager));
  context->request.secrets.wipe();
  return exec_server(launch.command, launch.server_args, context->relay, launch.watch,
                     context->sigpipe);
}

base::Result<int> dry_run(const Request& request) {
  BASE_TRY(Ground ground, survey(request));
  BASE_TRY(NodeState node, observe_node(std::move(ground.site), request));
  // The APM agent's settings go to a file there, so it is a directory of this run's own.
  BASE_TRY(const std::string own, base::create_private_directory("/tmp/esboot-dry-run-"));
  const auto command = plan_jvm(node, ground.jdk, request.environment, own);
  base::remove_directory(own);
  if (!command) return command.error();
  const int code = verdict_code(node.verdict);
  const bool joins = token_of(request, node.verdict) != nullptr;
  if (joins) {
    BASE_CHECK(check_joining(node.facts, node.settings.settings));
    console::print("# joins the cluster of the token; it is not asked now");
  } else if (node.verdict.configure) {
    console::print("# configures security");
    const std::string old_yml = node.settings.yml.value_or("");
    BASE_TRY(const SecurityInput input, security_input(request, node));
    BASE_TRY(const SecurityPlan plan, plan_security(input, std::move(node.keystore)));
    console::print_raw(describe_changes(plan.changes, old_yml));
  } else {
    console::print("# does not configure security: " + node.verdict.finding.reason);
  }
  console::print_raw(describe_command(command.value(), own));
  return joins ? kConfigures : code;
}

}  // namespace launcher
