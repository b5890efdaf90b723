#include "launcher/configure_command.h"

#include "base/change_set.h"
#include "launcher/command_request.h"
#include "launcher/configuration.h"
#include "launcher/configuration_lock.h"
#include "launcher/console.h"
#include "launcher/existing_node.h"
#include "launcher/kibana_password.h"
#include "launcher/process_state.h"

namespace launcher {
namespace {

base::Result<int> configure(const Request& request) {
  BASE_TRY(NodeSite site, find_site(request.invoked_as, request.environment));
  BASE_TRY(const base::DirectoryLock lock, lock_configuration(site.config_directory));
  BASE_CHECK(base::recover(site.config_directory));
  BASE_TRY(NodeState node, observe_node(std::move(site), request));
  const int code = verdict_code(node.verdict);
  if (node.verdict.configure) {
    BASE_CHECK(configure_node(request, &node));
  } else {
    explain_skip(node.verdict, request.options);
  }
  return code;
}

constexpr const char* kHelp =
    "esboot configure [options of start]: configure security as a first start does, and end\n\n"
    "Exit code: 0 configured now, 3 configured already, 4 skipped for the reason that is said.\n\n"
    "For a node that has data already, alone or with one of the options behind it:\n"
    "  --existing            switch security on; HTTPS, and TLS between nodes\n"
    "    --transport-only    TLS between nodes only\n"
    "    --no-tls            passwords only, for a node that only its own host can reach\n"
    "  --undo                bring back what --existing replaced\n"
    "  --kibana-system       give the user kibana_system of the running node a password\n\n"
    "Example: esboot configure --credentials-file /root/elastic.json\n";

/// The one thing that the flags ask for. Error: kUsage.
base::Result<int> run(const Request& request, const CommandLine& line) {
  const int actions = static_cast<int>(line.has("--existing")) +
                      static_cast<int>(line.has("--undo")) +
                      static_cast<int>(line.has("--kibana-system"));
  const bool scoped = line.has("--no-tls") || line.has("--transport-only");
  if (actions > 1 || (scoped && !line.has("--existing")) ||
      (line.has("--no-tls") && line.has("--transport-only")))
    return base::Error{base::ErrorKind::kUsage, "these options exclude each other",
                       "'esboot configure --help' shows what goes together", 0};
  if (line.has("--undo")) return undo_securing(request);
  if (line.has("--kibana-system")) return set_kibana_password(request);
  if (!line.has("--existing")) return configure(request);
  return secure_existing_node(request, line.has("--no-tls") ? TlsScope::kNone
                                       : line.has("--transport-only")
                                           ? TlsScope::kTransport
                                           : TlsScope::kHttpAndTransport);
}

}  // namespace

int run_configure_command(const std::string& invoked_as, std::span<char* const> arguments) {
  const SigpipeIgnored quiet;
  const CommandLine line = split_off_flags(
      arguments, {"--existing", "--no-tls", "--transport-only", "--undo", "--kibana-system"});
  const auto request = request_of(invoked_as, line.arguments);
  if (!request.ok()) return conclude(request.error());
  if (request.value().options.help) {
    console::print_raw(kHelp);
    return 0;
  }
  return conclude(run(request.value(), line));
}

}  // namespace launcher
