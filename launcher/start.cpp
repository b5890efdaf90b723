#include "launcher/start.h"

#include <sched.h>
#include <unistd.h>

#include <utility>

#include "base/change_set.h"
#include "base/clock.h"
#include "base/files.h"
#include "base/paths.h"
#include "launcher/certs_upkeep.h"
#include "launcher/console.h"
#include "launcher/credentials.h"
#include "launcher/exec.h"
#include "launcher/first_start_checks.h"
#include "launcher/jvm_command.h"
#include "launcher/node_site.h"
#include "launcher/secret_sources.h"
#include "launcher/security_plan.h"
#include "launcher/server_args.h"

namespace launcher {
namespace {

base::Result<void> check_options(const StartOptions& options) {
  if (!options.positional.empty())
    return base::Error{base::ErrorKind::kUsage,
                       "unexpected argument '" + options.positional.front() + "'",
                       "options begin with '-'; 'esboot start --help' lists them", 0};
  if (!options.enrollment_tokens.empty())
    return base::Error{base::ErrorKind::kUsage, "joining by --enrollment-token is not built yet",
                       "join this node with the stock bin/elasticsearch", 0};
  return {};
}

/// The lock that makes two starts, or a start and a keystore command, follow one another.
base::Result<base::DirectoryLock> lock_configuration(const std::string& directory) {
  BASE_TRY(auto lock, base::DirectoryLock::try_acquire(directory));
  if (lock) return std::move(*lock);
  console::note("waiting: another process is changing " + directory);
  return base::DirectoryLock::acquire(directory);
}

base::Result<void> check_logging_config(const NodeSite& site) {
  const std::string path = site.config_directory + "/log4j2.properties";
  if (base::facts_of(path).type != base::FileType::kMissing) return {};
  return base::Error{base::ErrorKind::kConfig, "the logging configuration " + path + " is missing",
                     "restore it, or correct ES_PATH_CONF", 0};
}

int available_processors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

base::Result<JvmCommand> plan_jvm(const NodeSite& site, const Settings& settings,
                                  const Environment& environment) {
  BASE_TRY(const std::string temp_directory, find_temp_directory(environment));
  BASE_TRY(const auto options,
           read_jvm_options(site.config_directory, temp_directory, site.jdk.major, environment));
  BASE_TRY(const std::string bridge, find_entitlement_bridge(site.installation.home));
  const JvmCommandInput input{site.installation,
                              site.jdk,
                              environment,
                              settings,
                              options,
                              site.config_directory,
                              text_setting(settings, "path.logs").value_or(""),
                              temp_directory,
                              bridge,
                              observe_memory_limit(),
                              available_processors()};
  return make_jvm_command(input);
}

void explain_skip(const Verdict& verdict, const StartOptions& options) {
  if (options.silent || (verdict.already_configured && !options.verbose)) return;
  console::note("security is not configured automatically: " + verdict.finding.reason);
  console::note("hint: " + verdict.finding.hint);
}

std::function<void(int, int)> key_progress() {
  if (!console::is_terminal(STDERR_FILENO)) return {};
  return [](int done, int wanted) {
    console::write_text(STDERR_FILENO, "\rmaking keys: " + std::to_string(done) + " of " +
                                           std::to_string(wanted) + (done == wanted ? "\n" : ""));
  };
}

/// Makes and commits the security configuration, and shows the credentials.
base::Result<NodeKeystore> configure(const NodeSite& site, const NodeSettings& settings,
                                     const NodeFacts& facts, const Environment& environment,
                                     const base::Secret& supplied_password, NodeKeystore keystore) {
  const SecurityInput input{
      site,        settings,      facts, supplied_password, environment.get("HOSTNAME"),
      base::now(), key_progress()};
  BASE_TRY(SecurityPlan plan, plan_security(input, std::move(keystore)));
  BASE_CHECK(base::commit(plan.changes));
  show_credentials({plan.elastic_password, plan.http_ca_path, plan.http_ca_sha256_hex,
                    text_setting(settings.settings, "http.port").value_or("9200"),
                    plan.elastic_password.empty() ? "" : facts.credentials_path});
  return std::move(plan.keystore);
}

/// Every node has a keystore with a seed, in the format of its version; one is made or upgraded
/// where it is not so. A directory that cannot be written keeps it in memory, where the version
/// hands secrets over.
base::Result<void> bring_up_to_date(const NodeSite& site, const NodeFacts& facts,
                                    NodeKeystore* keystore) {
  const VersionFacts& version = *site.installation.facts;
  if (!is_outdated(*keystore, version.keystore_format)) return {};
  if (!facts.config_facts.writable && !keystore->on_disk &&
      version.server_args != ServerArgsForm::kKeystorePassword)
    return {};
  base::ChangeSet changes;
  changes.directory = site.config_directory;
  BASE_TRY(base::Secret file, seal_node_keystore(keystore, version.keystore_format));
  changes.files.push_back({"elasticsearch.keystore", std::move(file), 0660, false});
  auto done = base::commit(changes);
  if (!done) done.error().kind = base::ErrorKind::kConfig;
  return done;
}

/// Never keeps the node from starting, but for a variable that cannot be understood.
base::Result<void> keep_certificates(const NodeSite& site, const Settings& settings,
                                     const NodeKeystore& keystore, const Environment& environment) {
  BASE_TRY(const int renew_below_days, renewal_days(environment));
  for (const std::string& sentence : look_after_certificates(
           site.config_directory, settings, keystore.entries, {renew_below_days, base::now()}))
    console::warn(sentence);
  return {};
}

base::Secret server_args_of(const NodeSite& site, const Settings& settings,
                            const NodeKeystore& keystore, const StartOptions& options,
                            const std::string& pid_file) {
  const ServerArgs args{
      options.daemonize,
      options.quiet,
      pid_file,
      keystore.sealed ? keystore.sealed->format : site.installation.facts->keystore_format,
      keystore.sealed && keystore.sealed->has_passphrase,
      keystore.sealed ? &keystore.sealed->data_block : nullptr,
      keystore.entries,
      keystore.passphrase,
      settings,
      site.config_directory,
      text_setting(settings, "path.logs").value_or("")};
  return encode_server_args(args, site.installation.facts->server_args);
}

std::string log_file_of(const Settings& settings) {
  return text_setting(settings, "path.logs").value_or("") + "/" +
         text_setting(settings, "cluster.name").value_or("elasticsearch") + ".log";
}

/// --credentials-file, else ES_CREDENTIALS_FILE, absolute; empty for neither.
std::string credentials_file(const StartContext& context) {
  if (!context.options.credentials_file.empty()) return context.options.credentials_file;
  const std::string variable = context.environment.get("ES_CREDENTIALS_FILE");
  return variable.empty() ? variable : base::absolute_path(variable);
}

/// What the exec needs, complete.
struct Launch {
  JvmCommand command;
  base::Secret server_args;
  StderrRules rules;
  std::string log_file;
};

base::Result<Launch> prepare(const StartContext& context) {
  BASE_CHECK(check_options(context.options));
  BASE_TRY(const NodeSite site, find_site(context.invoked_as, context.environment));
  BASE_TRY(const base::DirectoryLock lock, lock_configuration(site.config_directory));
  BASE_CHECK(base::recover(site.config_directory));
  BASE_TRY(NodeSettings settings, load_settings(site, context.options, context.environment));
  BASE_CHECK(check_logging_config(site));
  BASE_TRY(const std::string pid_file,
           check_pid_file(context.options.pid_file, site.installation.home));
  BASE_TRY(JvmCommand command, plan_jvm(site, settings.settings, context.environment));
  BASE_TRY(const base::Secret keystore_password,
           secret_of_variable("KEYSTORE_PASSWORD", context.secrets.keystore_password,
                              context.environment));
  BASE_TRY(NodeKeystore keystore, open_node_keystore(site.keystore_path(), keystore_password));

  BASE_TRY(
      const base::Secret supplied_password,
      supplied_elastic_password(context.secrets, context.environment, context.options.password_fd));
  const NodeFacts facts = observe(site, settings.settings, keystore, credentials_file(context),
                                  !supplied_password.empty());
  const Verdict verdict = decide(facts, settings.settings);
  if (verdict.configure) {
    BASE_TRY(keystore, configure(site, settings, facts, context.environment, supplied_password,
                                 std::move(keystore)));
    BASE_TRY(settings, load_settings(site, context.options, context.environment));
  } else {
    explain_skip(verdict, context.options);
    BASE_CHECK(bring_up_to_date(site, facts, &keystore));
    BASE_CHECK(keep_certificates(site, settings.settings, keystore, context.environment));
  }
  const VersionFacts& version = *site.installation.facts;
  return Launch{std::move(command),
                server_args_of(site, settings.settings, keystore, context.options, pid_file),
                StderrRules{version.drops_vector_warning, version.drops_timezone_warning},
                log_file_of(settings.settings)};
}

}  // namespace

base::Error start(StartContext* context) {
  BASE_TRY(const Launch launch, prepare(*context));
  context->secrets.wipe();
  return exec_server(launch.command, launch.server_args, context->relay, launch.rules,
                     launch.log_file, context->sigpipe);
}

}  // namespace launcher
