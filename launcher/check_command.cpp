#include "launcher/check_command.h"

#include <algorithm>
#include <vector>

#include "base/change_set.h"
#include "base/json_text.h"
#include "launcher/configuration.h"
#include "launcher/configuration_lock.h"
#include "launcher/console.h"
#include "launcher/exit_code.h"
#include "launcher/node_state.h"
#include "launcher/preflight.h"
#include "launcher/process_state.h"

namespace launcher {
namespace {

constexpr int kWouldConfigure = 0;
constexpr int kAlreadyConfigured = 3;
constexpr int kWouldSkip = 4;
constexpr int kWouldFail = 5;

/// One line of the report.
struct Row {
  std::string_view kind;  ///< "first-start" or "preflight"
  std::string_view name;
  std::string_view looks_at;
  std::string_view status;  ///< pass, skip or warn
  Finding finding;
};

Row row_of(std::string_view kind, std::string_view name, std::string_view looks_at,
           std::string_view failed, std::optional<Finding> finding) {
  return {kind, name, looks_at, finding ? failed : "pass", std::move(finding).value_or(Finding{})};
}

std::vector<Row> report_of(const NodeState& node, const HostFacts& host) {
  std::vector<Row> rows;
  for (const FirstStartCheck& check : first_start_checks())
    rows.push_back(row_of("first-start", check.name, check.looks_at, "skip",
                          check.run(node.facts, node.settings.settings)));
  for (const PreflightCheck& check : preflight_checks())
    rows.push_back(row_of("preflight", check.name, check.looks_at, "warn", check.run(host)));
  return rows;
}

std::string_view verdict_word(int code) {
  switch (code) {
    case kWouldConfigure:
      return "would configure";
    case kAlreadyConfigured:
      return "already configured";
    case kWouldSkip:
      return "would skip";
    default:
      return "would fail";
  }
}

int code_of(const Verdict& verdict) {
  if (verdict.configure) return kWouldConfigure;
  return verdict.already_configured ? kAlreadyConfigured : kWouldSkip;
}

void print_text(const std::vector<Row>& rows, const HostFacts& host, int code) {
  for (const Row& row : rows) {
    std::string name(row.name);
    name.resize(std::max<std::size_t>(name.size() + 1, 18), ' ');
    console::print(std::string(row.status) + "  " + name +
                   (row.finding.reason.empty() ? std::string(row.looks_at) : row.finding.reason));
    if (!row.finding.hint.empty()) console::print("        " + row.finding.hint);
  }
  console::print("paths that must be writable:");
  for (const WritablePath& each : host.writable_paths)
    console::print("  " + each.path + (each.writable ? "" : "  (it is not)"));
  console::print(verdict_word(code));
}

void print_json(const std::vector<Row>& rows, const HostFacts& host, int code) {
  using base::json_quoted;
  std::string text = "{\"verdict\":" + json_quoted(verdict_word(code)) + ",\"checks\":[";
  for (const Row& row : rows)
    text += (text.ends_with('[') ? "" : ",") + std::string("{\"kind\":") + json_quoted(row.kind) +
            ",\"name\":" + json_quoted(row.name) + ",\"looks_at\":" + json_quoted(row.looks_at) +
            ",\"status\":" + json_quoted(row.status) +
            ",\"reason\":" + json_quoted(row.finding.reason) +
            ",\"hint\":" + json_quoted(row.finding.hint) + "}";
  text += "],\"writable_paths\":[";
  for (const WritablePath& each : host.writable_paths)
    text += (text.ends_with('[') ? "" : ",") + std::string("{\"path\":") + json_quoted(each.path) +
            ",\"writable\":" + (each.writable ? "true" : "false") + "}";
  console::print(text + "]}");
}

int would_fail(const base::Error& error, bool json) {
  if (json)
    console::print(
        "{\"verdict\":\"would fail\",\"exit_code\":" + std::to_string(exit_code_of(error.kind)) +
        ",\"error\":" + base::json_quoted(error.message) +
        ",\"hint\":" + base::json_quoted(error.hint) + "}");
  console::report(error);
  return kWouldFail;
}

/// The options of start, and whether --json was among them.
struct CommandLine {
  bool json = false;
  std::vector<char*> arguments;
};

CommandLine split_off_json(std::span<char* const> arguments) {
  CommandLine line;
  for (char* const argument : arguments) {
    if (std::string_view(argument) == "--json")
      line.json = true;
    else
      line.arguments.push_back(argument);
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

base::Result<NodeState> observe_without_change(const Request& request) {
  BASE_TRY(NodeSite site, find_site(request.invoked_as, request.environment));
  BASE_TRY(const Jdk jdk, find_jdk(site.installation, request.environment));
  return observe_node(std::move(site), request);
}

base::Result<int> configure(const Request& request) {
  BASE_TRY(NodeSite site, find_site(request.invoked_as, request.environment));
  BASE_TRY(const base::DirectoryLock lock, lock_configuration(site.config_directory));
  BASE_CHECK(base::recover(site.config_directory));
  BASE_TRY(NodeState node, observe_node(std::move(site), request));
  const int code = code_of(node.verdict);
  if (node.verdict.configure) {
    BASE_CHECK(configure_node(request, &node));
  } else {
    explain_skip(node.verdict, request.options);
  }
  return code;
}

}  // namespace

int run_check_command(const std::string& invoked_as, std::span<char* const> arguments) {
  const SigpipeIgnored quiet;
  const CommandLine line = split_off_json(arguments);
  const auto request = request_of(invoked_as, line.arguments);
  if (!request) {
    console::report(request.error());
    return exit_code_of(request.error().kind);
  }
  if (request.value().options.help) {
    console::print_raw(
        "esboot check [--json] [options of start]: say what a start would do, change nothing\n\n"
        "Runs the first-start checks and a preflight of the machine. Exit code: 0 a start would\n"
        "configure security, 3 it is configured already, 4 a start would skip it, 5 a start\n"
        "would fail.\n\n"
        "      --json                  print the report as JSON\n\nExample: esboot check --json\n");
    return 0;
  }
  const auto node = observe_without_change(request.value());
  if (!node) return would_fail(node.error(), line.json);
  const HostFacts host = observe_host(node.value(), request.value().environment);
  const int code = code_of(node.value().verdict);
  const auto rows = report_of(node.value(), host);
  if (line.json)
    print_json(rows, host, code);
  else
    print_text(rows, host, code);
  return code;
}

int run_configure_command(const std::string& invoked_as, std::span<char* const> arguments) {
  const SigpipeIgnored quiet;
  const auto request = request_of(invoked_as, arguments);
  if (request.ok() && request.value().options.help) {
    console::print_raw(
        "esboot configure [options of start]: configure security as a first start does, and end\n\n"
        "Exit code: 0 configured now, 3 configured already, 4 skipped for the reason that is "
        "said.\n"
        "\nExample: esboot configure --credentials-file /root/elastic.json\n");
    return 0;
  }
  const auto code = request.ok() ? configure(request.value()) : base::Result<int>(request.error());
  if (code.ok()) return code.value();
  console::report(code.error());
  return exit_code_of(code.error().kind);
}

}  // namespace launcher
