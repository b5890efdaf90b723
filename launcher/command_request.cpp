#include "launcher/command_request.h"

#include <algorithm>

#include "launcher/console.h"
#include "launcher/exit_code.h"

namespace launcher {

CommandLine split_off_flags(std::span<char* const> arguments,
                            std::initializer_list<std::string_view> flags) {
  CommandLine line;
  for (char* const argument : arguments) {
    const auto* const flag = std::find(flags.begin(), flags.end(), std::string_view(argument));
    if (flag == flags.end())
      line.arguments.push_back(argument);
    else
      line.flags.insert(*flag);
  }
  return line;
}

base::Result<Request> request_of(const std::string& invoked_as, std::span<char* const> arguments) {
  Request request;
  request.invoked_as = invoked_as;
  request.secrets = take_environment_secrets();
  BASE_TRY(request.options, parse_start_options(arguments));
  request.environment = read_environment();
  // Where this command's own report goes says nothing about where a node's output will.
  request.assumed_stdout = StreamKind::kOther;
  return request;
}

int verdict_code(const Verdict& verdict) {
  if (verdict.configure) return kConfigures;
  return verdict.already_configured ? kAlreadyConfigured : kSkips;
}

int conclude(const base::Result<int>& result) {
  if (result.ok()) return result.value();
  console::report(result.error());
  return exit_code_of(result.error().kind);
}

}  // namespace launcher
