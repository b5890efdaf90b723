#include <doctest/doctest.h>

#include <csignal>
#include <fstream>
#include <string>

#include "base/text.h"
#include "tests/support/child_process.h"
#include "tests/support/file_content.h"
#include "tests/support/full_run.h"
#include "tests/support/real_node.h"

namespace {

namespace fs = std::filesystem;
using test_support::content;
using test_support::RealNode;

/// curl to this node; `scheme` is http or https, `more` what else is on its command line.
std::string ask(const RealNode& node, const std::string& scheme, const std::string& path,
                const std::vector<std::string>& more) {
  std::vector<std::string> argv{"/usr/bin/curl", "-s", "-m", "10"};
  if (scheme == "https")
    argv.insert(argv.end(), {"--cacert", (node.config() / "certs/http_ca.crt").string()});
  argv.insert(argv.end(), more.begin(), more.end());
  argv.push_back(scheme + "://localhost:" + std::to_string(node.http_port()) + path);
  return test_support::run_child({argv, "", {{"CURL_CA_BUNDLE", ""}}, "."}).out;
}

bool answers(const RealNode& node, const std::string& scheme, const std::string& path,
             const std::vector<std::string>& more, const std::string& part) {
  return test_support::eventually(
      [&] { return test_support::contains(ask(node, scheme, path, more), part); },
      std::chrono::minutes(3));
}

void stop(test_support::BackgroundProcess& process) {
  process.signal(SIGTERM);
  CHECK(process.wait(std::chrono::seconds(40)).has_value());
}

void secure_and_undo(const std::string& version, const std::vector<std::string>& scenario,
                     const std::string& scheme) {
  const auto node = RealNode::make("a real node with data is secured", version);
  if (!node) return;
  std::ofstream(node->config() / "elasticsearch.yml", std::ios::app)
      << "xpack.security.enabled: false\n";
  const std::string yml = content(node->config() / "elasticsearch.yml");
  {
    const auto unsecured = node->start_piped();
    REQUIRE(answers(*node, "http", "/things/_doc/1?refresh",
                    {"-XPUT", "-H", "content-type: application/json", "-d", R"({"kept":"yes"})"},
                    R"("_id":"1")"));
    stop(*unsecured);
  }
  std::vector<std::string> command{"bin/esboot", "configure", "--existing"};
  command.insert(command.end(), scenario.begin(), scenario.end());
  (void)node->run_stock(command);
  const auto file = node->config() / "initial_elastic_password";
  REQUIRE(fs::exists(file));
  const std::string elastic = "elastic:" + std::string(base::trim(content(file)));
  {
    const auto secured = node->start_piped();
    CHECK(answers(*node, scheme, "/things/_doc/1", {"-u", elastic}, R"("kept":"yes")"));
    CHECK(test_support::contains(ask(*node, scheme, "/things/_doc/1", {}), R"("status":401)"));
    (void)node->run_stock({"bin/esboot", "configure", "--kibana-system"});
    const std::string kibana(
        base::trim(content(node->config() / "initial_kibana_system_password")));
    CHECK(kibana.size() == 20);
    CHECK(test_support::contains(
        ask(*node, scheme, "/_security/_authenticate", {"-u", "kibana_system:" + kibana}),
        R"("username":"kibana_system")"));
    stop(*secured);
  }
  (void)node->run_stock({"bin/esboot", "configure", "--undo"});
  CHECK(content(node->config() / "elasticsearch.yml") == yml);
  CHECK_FALSE(fs::exists(node->config() / "certs"));
  if (!test_support::is_full_run()) return;
  const auto undone = node->start_piped();
  CHECK(answers(*node, "http", "/things/_doc/1", {}, R"("kept":"yes")"));
  undone->signal(SIGKILL);
}

}  // namespace

TEST_CASE("8.19.21: a node with data is secured, keeps its data, and is undone") {
  secure_and_undo("8.19.21", {}, "https");
}

TEST_CASE("8.19.21: passwords alone on a real node with data") {
  if (test_support::is_full_run()) secure_and_undo("8.19.21", {"--no-tls"}, "http");
}

TEST_CASE("8.19.21: TLS between nodes alone on a real node with data") {
  if (test_support::is_full_run()) secure_and_undo("8.19.21", {"--transport-only"}, "http");
}

TEST_CASE("9.5.3: a node with data is secured, keeps its data, and is undone") {
  if (test_support::is_full_run()) secure_and_undo("9.5.3", {}, "https");
}
