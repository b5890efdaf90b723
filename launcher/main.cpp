#include <unistd.h>

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "launcher/certs_command.h"
#include "launcher/check_command.h"
#include "launcher/configure_command.h"
#include "launcher/console.h"
#include "launcher/daemon.h"
#include "launcher/doctor_command.h"
#include "launcher/environment.h"
#include "launcher/exit_code.h"
#include "launcher/keystore_command.h"
#include "launcher/node_site.h"
#include "launcher/options.h"
#include "launcher/process_state.h"
#include "launcher/reconfigure_command.h"
#include "launcher/relay.h"
#include "launcher/start.h"

namespace launcher {
namespace {

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

int print_version(const std::string& invoked_as, const Environment& environment) {
  const auto site = find_site(invoked_as, environment);
  if (!site) return fail(site.error());
  const Installation& installation = site.value().installation;
  const auto jdk = find_jdk(installation, environment);
  if (!jdk) return fail(jdk.error());
  console::print("Version: " + installation.version_text + ", Build: " +
                 installation.distribution_type + ", JVM: " + std::to_string(jdk.value().major));
  return 0;
}

int run_start(const std::string& invoked_as, std::span<char* const> arguments) {
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
  if (context.request.options.version) return print_version(invoked_as, read_environment());
  if (geteuid() == 0)
    return fail({base::ErrorKind::kGeneric, "Elasticsearch must not be started as root",
                 "start it as the user who owns its directories, for example with "
                 "'setpriv --reuid USER --regid GROUP --init-groups' or 'User=' of a unit",
                 0});

  const auto secrets = all_secrets(&context.request.secrets, &context.request.options);
  int notify_ready_fd = -1;
  if (context.request.options.daemonize) {
    const auto forked = fork_daemon(secrets);
    if (!forked) return fail(forked.error());
    if (forked.value().is_caller) return forked.value().exit_code;
    notify_ready_fd = forked.value().notify_ready_fd;
  }
  std::optional<Relay> relay;
  if (context.request.options.relay) {
    auto forked = Relay::fork_off(secrets, notify_ready_fd);
    if (!forked) return fail(forked.error());
    relay.emplace(std::move(forked).value());
    context.relay = &*relay;
  }
  std::optional<SigpipeIgnored> sigpipe;
  sigpipe.emplace();
  context.sigpipe = &sigpipe;
  context.request.environment = read_environment();
  return fail(start(&context));
}

/// A command, and the name under which the program can also be called to run it.
struct Command {
  std::string_view name;
  std::string_view program_name;
  int (*run)(const std::string& invoked_as, std::span<char* const> arguments);
};

int run_keystore(const std::string& invoked_as, std::span<char* const> arguments) {
  return run_keystore_command(std::vector<std::string>(arguments.begin(), arguments.end()),
                              invoked_as, read_environment());
}

constexpr std::array kCommands{
    Command{"start", "elasticsearch", run_start},
    Command{"keystore", "elasticsearch-keystore", run_keystore},
    Command{"check", "esboot-check", run_check_command},
    Command{"configure", "esboot-configure", run_configure_command},
    Command{"reconfigure", "elasticsearch-reconfigure-node", run_reconfigure_command},
    Command{"doctor", "esboot-doctor", run_doctor_command},
    Command{"certs", "esboot-certs", run_certs_command}};

int run(std::span<char* const> argv) {
  const std::string invoked_as = argv.empty() ? "esboot" : argv[0];
  const std::string program_name = invoked_as.substr(invoked_as.rfind('/') + 1);
  for (const Command& command : kCommands)
    if (program_name == command.program_name) return command.run(invoked_as, argv.subspan(1));
  const std::string_view first = argv.size() > 1 ? argv[1] : "-";
  if (first.starts_with('-')) return run_start(invoked_as, argv.empty() ? argv : argv.subspan(1));
  for (const Command& command : kCommands)
    if (first == command.name) return command.run(invoked_as, argv.subspan(2));
  return fail({base::ErrorKind::kUsage, "unknown command '" + std::string(first) + "'",
               "'esboot --help' shows what there is", 0});
}

}  // namespace
}  // namespace launcher

int main(int argc, char** argv) {
  launcher::open_missing_standard_streams();
  launcher::forbid_memory_access();
  return launcher::run(std::span(argv, static_cast<std::size_t>(argc)));
}
