#include "launcher/configure_command.h"

#include "base/change_set.h"
#include "launcher/command_request.h"
#include "launcher/configuration.h"
#include "launcher/configuration_lock.h"
#include "launcher/console.h"
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

}  // namespace

int run_configure_command(const std::string& invoked_as, std::span<char* const> arguments) {
  const SigpipeIgnored quiet;
  const auto request = request_of(invoked_as, arguments);
  if (!request.ok()) return conclude(request.error());
  if (request.value().options.help) {
    console::print_raw(
        "esboot configure [options of start]: configure security as a first start does, and end\n\n"
        "Exit code: 0 configured now, 3 configured already, 4 skipped for the reason that is "
        "said.\n"
        "\nExample: esboot configure --credentials-file /root/elastic.json\n");
    return 0;
  }
  return conclude(configure(request.value()));
}

}  // namespace launcher
