#include "launcher/version_command.h"

#include <sys/auxv.h>

#include <array>
#include <string_view>
#include <vector>

#include "base/json_text.h"
#include "base/text.h"
#include "launcher/console.h"
#include "launcher/exit_code.h"
#include "launcher/option_parser.h"

namespace launcher {
namespace {

constexpr std::array kOptions{OptionSpec{'\0', "json", false, false, true, "Print JSON"},
                              OptionSpec{'h', "help", false, false, true, "Show this text"}};

struct Dependency {
  std::string name;
  std::string version;
};

/// What packaging/dependencies.cmake found: "name=version," for each.
std::vector<Dependency> dependencies() {
  std::vector<Dependency> all;
  for (const std::string& pair : base::split(ESBOOT_DEPENDENCIES, ',')) {
    const std::size_t equals = pair.find('=');
    if (equals != std::string::npos)
      all.push_back({pair.substr(0, equals), pair.substr(equals + 1)});
  }
  return all;
}

/// The kernel loads an interpreter for a program that needs shared libraries, and for no other
/// (getauxval(3), AT_BASE).
std::string_view linkage() {
  return getauxval(AT_BASE) == 0 ? "static" : "dynamic";
}

std::string as_text() {
  std::string text = "esboot " ESBOOT_VERSION " (" ESBOOT_ARCHITECTURE ", ";
  text.append(linkage()).append(")\n");
  for (const Dependency& each : dependencies())
    text.append("  ").append(each.name).append(" ").append(each.version) += '\n';
  return text;
}

std::string as_json() {
  using base::json_quoted;
  std::string text = "{\"name\":\"esboot\",\"version\":" + json_quoted(ESBOOT_VERSION) +
                     ",\"architecture\":" + json_quoted(ESBOOT_ARCHITECTURE) +
                     ",\"linkage\":" + json_quoted(linkage()) + ",\"dependencies\":[";
  for (const Dependency& each : dependencies())
    text += (text.ends_with('[') ? "" : ",") + std::string("{\"name\":") + json_quoted(each.name) +
            ",\"version\":" + json_quoted(each.version) + "}";
  return text + "]}\n";
}

}  // namespace

int run_version_command(const std::string& /*invoked_as*/, std::span<char* const> arguments) {
  const std::vector<std::string> copies(arguments.begin(), arguments.end());
  auto parsed = parse_options(kOptions, copies, OperandRule::kAnywhere);
  if (parsed.ok() && !parsed.value().operands.empty())
    parsed = base::Error{base::ErrorKind::kUsage, "version takes no operands",
                         "'esboot version --json' is all there is", 0};
  if (!parsed) {
    console::report(parsed.error());
    return exit_code_of(parsed.error().kind);
  }
  if (parsed.value().has("help"))
    console::print_raw(
        "esboot version [--json]: this program's version and what it was built with\n\n" +
        options_help(kOptions) + "\nThe version of Elasticsearch: esboot --version\n");
  else
    console::print_raw(parsed.value().has("json") ? as_json() : as_text());
  return 0;
}

}  // namespace launcher
