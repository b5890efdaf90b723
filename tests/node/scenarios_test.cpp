// docs/scenarios.md on real nodes: its own commands, with the ports of the test.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <regex>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "tests/support/child_process.h"
#include "tests/support/file_content.h"
#include "tests/support/full_run.h"
#include "tests/support/real_node.h"
#include "tests/support/stand_in_node.h"

namespace {

using test_support::RealNode;

constexpr const char* kVersion = "8.19.21";

/// What the recipes run in. A command of which the page states what it shows runs until it does so,
/// as the page says of nodes that have just started. Every node that has a pid file is ended.
constexpr const char* kFrame = R"sh(set -euo pipefail
finish() {
  for pid in "$ONE/pid" "$TWO/pid" "$THREE/pid"; do
    [ -e "$pid" ] || continue
    kill -KILL "$(cat "$pid")" || continue
    for attempt in $(seq 100); do kill -0 "$(cat "$pid")" 2>/dev/null || break; sleep 0.1; done
  done
}
trap finish EXIT
expect() {
  local wanted=$1 command status='' attempt
  command=$(cat)
  for attempt in $(seq 60); do
    status=$(eval "$command") || true
    [ "$status" != "$wanted" ] || { echo "$wanted as stated: $command"; return 0; }
    sleep 1
  done
  echo "$status, but the page states $wanted: $command"
  exit 1
}
)sh";

/// The indented lines of the page by section, without the indentation; those before the first
/// section are under "".
std::map<std::string, std::string> recipes() {
  std::map<std::string, std::string> found;
  std::string section;
  const std::string page = std::string(ESBOOT_SOURCE_DIR) + "/docs/scenarios.md";
  for (const std::string& line : base::split(test_support::content(page), '\n')) {
    if (line.starts_with("## ")) section = line.substr(3);
    if (line.starts_with("    ")) found[section] += line.substr(4) + '\n';
  }
  return found;
}

struct Script {
  std::string text;
  int statements = 0;  ///< commands of which the page states what they show
};

/// The recipe with each "COMMAND  # 200", over lines that a backslash continues, as a call of
/// expect.
Script with_expectations(const std::string& recipe) {
  static const std::regex stated(R"(^([^#]*\S) +# ([0-9]+)$)");
  Script script;
  std::string command;
  for (const std::string& line : base::split(recipe, '\n')) {
    command += line;
    if (line.ends_with("\\")) {
      command += '\n';
      continue;
    }
    const std::size_t last = command.rfind('\n') + 1;
    const std::string last_line = command.substr(last);
    std::smatch match;
    if (std::regex_match(last_line, match, stated)) {
      script.text += "expect " + match[2].str() + " <<'COMMAND'\n" + command.substr(0, last) +
                     match[1].str() + "\nCOMMAND\n";
      ++script.statements;
    } else {
      script.text += command + '\n';
    }
    command.clear();
  }
  return script;
}

/// Every port that the page names in place of which a node of the test has another.
std::string with_ports(std::string text, const std::map<std::string, int>& ports) {
  for (const auto& [stated, real] : ports)
    text = std::regex_replace(text, std::regex("\\b" + stated + "\\b"), std::to_string(real));
  return text;
}

/// Runs these sections in one shell, on one node or three.
void run_recipes(const std::vector<std::string>& sections, std::size_t count, int statements) {
  static constexpr const char* kNames[] = {"ONE", "TWO", "THREE"};
  std::vector<std::unique_ptr<RealNode>> nodes;
  std::map<std::string, int> ports;
  std::map<std::string, std::string> environment{
      {"TWO", "/nonexistent"}, {"THREE", "/nonexistent"}, {"CURL_CA_BUNDLE", ""}};
  for (std::size_t i = 0; i < count; ++i) {
    nodes.push_back(RealNode::make("the recipes of docs/scenarios.md", kVersion));
    if (!nodes.back()) return;
    environment[kNames[i]] = nodes.back()->home();
    ports["920" + std::to_string(i)] = nodes.back()->http_port();
    ports["930" + std::to_string(i)] = nodes.back()->transport_port();
  }
  environment.merge(nodes.front()->environment());
  const auto page = recipes();
  std::string text = page.at("");
  for (const std::string& section : sections) {
    REQUIRE_MESSAGE(page.contains(section), section);
    text += page.at(section);
  }
  const Script script = with_expectations(text);
  CHECK(script.statements == statements);
  std::vector<std::string> argv{"/usr/bin/timeout", "400"};
  for (const std::string& word : test_support::as_test_user()) argv.push_back(word);
  argv.insert(argv.end(),
              {"bash", "-c", kFrame + with_ports(script.text, ports) + "echo 'to its end'\n"});
  const auto done = test_support::run_child({argv, "", environment, "/"});
  INFO(done.out);
  INFO(done.err);
  CHECK(done.exit_code == 0);
  CHECK(done.out.ends_with("to its end\n"));
}

}  // namespace

TEST_CASE("scenarios: the recipes for one node") {
  run_recipes({"Development on one machine", "A first role, and a user with least privilege",
               "Mutual TLS on HTTP"},
              1, 13);
}

TEST_CASE("scenarios: the recipes for a cluster") {
  if (test_support::is_full_run())
    run_recipes({"TLS between nodes that are configured by hand", "HTTPS too"}, 3, 10);
}
