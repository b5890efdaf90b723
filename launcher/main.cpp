#include <unistd.h>

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "launcher/certs_command.h"
#include "launcher/check_command.h"
#include "launcher/command_request.h"
#include "launcher/configure_command.h"
#include "launcher/console.h"
#include "launcher/container.h"
#include "launcher/doctor_command.h"
#include "launcher/environment.h"
#include "launcher/exec.h"
#include "launcher/exit_code.h"
#include "launcher/install_command.h"
#include "launcher/keystore_command.h"
#include "launcher/node_site.h"
#include "launcher/options.h"
#include "launcher/process_state.h"
#include "launcher/ready_command.h"
#include "launcher/reconfigure_command.h"
#include "launcher/relay.h"
#include "launcher/service_manager.h"
#include "launcher/start.h"
#include "launcher/version_command.h"

namespace launcher {
namespace {

constexpr std::string_view kLogFormat = "--log-format";

int fail(const base::Error& error) {
  console::report(error);
  return exit_code_of(error.kind);
}

std::vector<base::Secret*> all_secrets(EnvironmentSecrets* environment, StartOptions* options) {
  std::vector<base::Secret*> secrets{&environment->elastic_password,
                                     &environment->keystore_password,
                                     &environment->enrollment_token};
  for (base::Secret& token : options->enrollment_tokens) secrets.push_back(&token);
  return secrets;
}

int print_version(const std::string& invoked_as, const StartOptions& options,
                  const Environment& environment) {
  if (auto checked = check_options(options); !checked) return fail(checked.error());
  const auto site = find_site(invoked_as, environment);
  if (!site) return fail(site.error());
  const Installation& installation = site.value().installation;
  const auto jdk = find_jdk(installation, environment);
  if (!jdk) return fail(jdk.error());
  if (options.silent) return 0;
  const BuildInfo build = read_build_info(installation);
  console::print("Version: " + installation.version_text +
                 ", Build: " + installation.distribution_type + "/" + build.hash + "/" +
                 build.date + ", JVM: " + jdk.value().version);
  return 0;
}

/// Nobody but the kernel looks after processes that a PID 1 leaves behind, and a PID 1 that becomes
/// the JVM would not reap any.
Beside who_stays(const StartOptions& options) {
  if (options.daemonize) return Beside::kUntilReady;
  return options.init || getpid() == 1 ? Beside::kInit : Beside::kRelay;
}

int run_start(const std::string& invoked_as, std::span<char* const> arguments) {
  const SignalMask before;
  if (getpid() == 1) hold_signals();  // what PID 1 does not handle yet would be lost, not kept
  StartContext context;
  context.request.secrets = take_environment_secrets();
  auto options = parse_start_options(arguments);
  if (!options) return fail(options.error());
  context.request.invoked_as = invoked_as;
  context.request.options = std::move(options).value();
  if (context.request.options.help) {
    console::print_raw(start_help());
    return 0;
  }
  if (context.request.options.version)
    return print_version(invoked_as, context.request.options, read_environment());
  if (context.request.options.dry_run) {
    const SigpipeIgnored quiet;
    context.request.environment = read_environment();
    return conclude(dry_run(context.request));
  }
  if (geteuid() == 0)
    return fail({base::ErrorKind::kGeneric, "Elasticsearch must not be started as root",
                 "start it as the user who owns its directories, for example with "
                 "'setpriv --reuid USER --regid GROUP --init-groups' or 'User=' of a unit",
                 0});

  const auto secrets = all_secrets(&context.request.secrets, &context.request.options);
  const Beside beside = who_stays(context.request.options);
  std::optional<Relay> relay;
  if (context.request.options.relay || beside != Beside::kRelay) {
    auto forked = Relay::fork_off(beside, secrets, before);
    if (!forked) return fail(forked.error());
    relay.emplace(std::move(forked).value());
    context.relay = &*relay;
  }
  std::optional<SigpipeIgnored> sigpipe;
  sigpipe.emplace();
  context.sigpipe = &sigpipe;
  context.request.environment = read_environment();
  context.manager = ServiceManager(context.request.environment.get("NOTIFY_SOCKET"));
  const base::Error error = start(&context);
  context.manager.status("error: " + error.message);
  return fail(error);
}

/// `eswrapper`, the word that the stock image starts a node by.
int run_container_start(const std::string& invoked_as, std::span<char* const> arguments) {
  allow_group_to_write();
  const Environment environment = read_environment();
  auto prepared = fill_new_configuration(invoked_as, environment);
  if (prepared.ok()) prepared = apply_log_style(invoked_as, environment);
  if (!prepared) return fail(prepared.error());
  return run_start(invoked_as, arguments);
}

/// A command, and the name under which the program can also be called to run it.
struct Command {
  std::string_view name;
  std::string_view program_name;
  int (*run)(const std::string& invoked_as, std::span<char* const> arguments);
  std::string_view summary = {};
};

int run_keystore(const std::string& invoked_as, std::span<char* const> arguments) {
  return run_keystore_command(std::vector<std::string>(arguments.begin(), arguments.end()),
                              invoked_as, read_environment());
}

int run_help(const std::string& invoked_as, std::span<char* const> arguments);

constexpr std::array kCommands{
    Command{"start", "elasticsearch", run_start, "Start Elasticsearch; this is the default"},
    Command{"keystore", "elasticsearch-keystore", run_keystore,
            "Read and change elasticsearch.keystore"},
    Command{"check", "esboot-check", run_check_command, "Say what a start would do"},
    Command{"configure", "esboot-configure", run_configure_command,
            "Configure security as a first start does, and end"},
    Command{"reconfigure", "elasticsearch-reconfigure-node", run_reconfigure_command,
            "Let a configured node join a cluster instead"},
    Command{"doctor", "esboot-doctor", run_doctor_command,
            "Find what is half configured, and repair it"},
    Command{"certs", "esboot-certs", run_certs_command, "Look after the certificates of a node"},
    Command{"ready", "esboot-ready", run_ready_command, "Say whether the node answers"},
    Command{"install", "esboot-install", run_install_command,
            "Put esboot in place of the stock scripts of one Elasticsearch"},
    Command{"uninstall", "esboot-uninstall", run_uninstall_command, "Put the stock scripts back"},
    Command{"eswrapper", "docker-entrypoint.sh", run_container_start,
            "Start Elasticsearch as the entry point of a container image does"},
    Command{"version", "esboot-version", run_version_command,
            "Print the version of esboot and what it was built with"},
    Command{"help", "esboot-help", run_help, "List the commands"}};

int run_help(const std::string& /*invoked_as*/, std::span<char* const> /*arguments*/) {
  std::string text = "Usage: esboot [COMMAND] [options]\n\n";
  for (const Command& command : kCommands) {
    std::string name(command.name);
    name.resize(std::max<std::size_t>(name.size() + 2, 14), ' ');
    text.append("  ").append(name).append(command.summary) += '\n';
  }
  console::print_raw(
      text +
      "\nesboot COMMAND --help tells more about one. Each takes --log-format json (or "
      "ES_LOG_FORMAT=json)\nand writes its messages as JSON then, as the server "
      "writes its log in a container.\n");
  return 0;
}

base::Error unknown_command(std::string_view word) {
  std::vector<std::string_view> names;
  names.reserve(kCommands.size());
  for (const Command& command : kCommands) names.push_back(command.name);
  const std::string_view meant = base::nearest_name(word, names);
  const std::string hint = "'esboot help' lists the commands";
  return {base::ErrorKind::kUsage, "unknown command '" + std::string(word) + "'",
          meant.empty() ? hint : "did you mean '" + std::string(meant) + "'? " + hint, 0};
}

/// Takes --log-format away from the arguments: any command has it, and errors in its other options
/// are written so already. Error: kUsage.
base::Result<void> choose_voice(std::vector<char*>* argv) {
  const Environment environment = read_environment();
  console::use_colours(environment.get("NO_COLOR").empty() && environment.get("TERM") != "dumb");
  std::string format = environment.get("ES_LOG_FORMAT");
  for (auto each = argv->begin(); each != argv->end() && *each != std::string_view("--");) {
    const std::string_view text(*each);
    const bool apart = text == kLogFormat && each + 1 != argv->end();
    const bool together = text.starts_with(kLogFormat) && text[kLogFormat.size()] == '=';
    if (!apart && !together) {
      ++each;
      continue;
    }
    format = apart ? std::string_view(*(each + 1)) : text.substr(kLogFormat.size() + 1);
    each = argv->erase(each, each + (apart ? 2 : 1));
  }
  if (format.empty()) return {};
  BASE_TRY(const console::LogFormat chosen, console::log_format_of(format));
  console::use_log_format(chosen);
  return {};
}

/// `given` is argv as it came: that of another program, in a container, is not ours to read.
int run(std::span<char* const> argv, std::span<char* const> given) {
  const std::string invoked_as = argv.empty() ? "esboot" : argv[0];
  const std::string program_name = invoked_as.substr(invoked_as.rfind('/') + 1);
  for (const Command& command : kCommands)
    if (program_name == command.program_name) return command.run(invoked_as, argv.subspan(1));
  const std::string_view first = argv.size() > 1 ? argv[1] : "-";
  // Alone it is stock's, and about Elasticsearch.
  if (first == "--version" && argv.size() == 3 && argv[2] == std::string_view("--json"))
    return run_version_command(invoked_as, argv.subspan(2));
  if (first.starts_with('-')) return run_start(invoked_as, argv.empty() ? argv : argv.subspan(1));
  const std::string_view first_name = first.substr(first.rfind('/') + 1);
  for (const Command& command : kCommands)
    if (first == command.name || first_name == command.program_name)
      return command.run(invoked_as, argv.subspan(2));
  if (is_container(read_environment())) return fail(exec_program(given.subspan(1)));
  return fail(unknown_command(first));
}

}  // namespace
}  // namespace launcher

int main(int argc, char** argv) {
  launcher::open_missing_standard_streams();
  launcher::forbid_memory_access();
  launcher::end_where_memory_lacks();
  std::vector<char*> arguments(argv, argv + argc);
  if (auto chosen = launcher::choose_voice(&arguments); !chosen)
    return launcher::fail(chosen.error());
  return launcher::run(arguments, std::span(argv, static_cast<std::size_t>(argc)));
}
