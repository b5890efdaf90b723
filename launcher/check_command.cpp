#include "launcher/check_command.h"

#include <algorithm>
#include <vector>

#include "base/json_text.h"
#include "launcher/command_request.h"
#include "launcher/console.h"
#include "launcher/exit_code.h"
#include "launcher/node_state.h"
#include "launcher/preflight.h"
#include "launcher/process_state.h"

namespace launcher {
namespace {

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
    case kConfigures:
      return "would configure";
    case kAlreadyConfigured:
      return "already configured";
    case kSkips:
      return "would skip";
    default:
      return "would fail";
  }
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

base::Result<NodeState> observe_without_change(const Request& request) {
  BASE_TRY(NodeSite site, find_site(request.invoked_as, request.environment));
  BASE_TRY(const Jdk jdk, find_jdk(site.installation, request.environment));
  return observe_node(std::move(site), request);
}

}  // namespace

int run_check_command(const std::string& invoked_as, std::span<char* const> arguments) {
  const SigpipeIgnored quiet;
  const CommandLine line = split_off_flags(arguments, {"--json"});
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
  if (!node) return would_fail(node.error(), line.has("--json"));
  const HostFacts host = observe_host(node.value(), request.value().environment);
  const int code = verdict_code(node.value().verdict);
  const auto rows = report_of(node.value(), host);
  if (line.has("--json"))
    print_json(rows, host, code);
  else
    print_text(rows, host, code);
  return code;
}

}  // namespace launcher
