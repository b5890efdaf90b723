// Clusters of three real nodes, each on a host of its own as far as the network goes.
#include <doctest/doctest.h>

#include <csignal>
#include <string>
#include <vector>

#include "base/text.h"
#include "tests/support/file_content.h"
#include "tests/support/full_run.h"
#include "tests/support/network_lab.h"
#include "tests/support/real_elasticsearch.h"
#include "tests/support/real_node.h"

namespace {

using test_support::RealNode;

constexpr const char* kPassword = "password-of-elastic";

/// Who starts a node.
enum class By { kEsboot, kStock };

std::unique_ptr<test_support::BackgroundProcess> start(RealNode& node, By by,
                                                       const std::vector<std::string>& arguments) {
  return by == By::kStock ? node.start_stock(arguments) : node.start_piped(arguments);
}

bool has_nodes(const RealNode& node, int count) {
  return test_support::eventually(
      [&] {
        const std::string seen(base::trim(node.get("/_cat/health?h=node.total", kPassword)));
        return seen.ends_with(std::to_string(count));
      },
      std::chrono::minutes(2));
}

/// The first node forms the cluster, each other joins by a token of the one before it.
void form_cluster(const std::string& version, const std::vector<By>& starters) {
  if (!test_support::is_full_run()) return;
  const std::string test = "a cluster of three hosts, " + version;
  const int size = static_cast<int>(starters.size());
  const test_support::NetworkLab lab(size);
  if (!lab.ready()) return test_support::report_skip(test, "no network namespaces can be made");
  std::vector<std::unique_ptr<RealNode>> nodes;
  std::vector<std::unique_ptr<test_support::BackgroundProcess>> running;
  for (int i = 0; i < size; ++i) {
    nodes.push_back(RealNode::make(test, version));
    if (!nodes.back()) return;
    RealNode& node = *nodes.back();
    node.move_to(lab.host(i + 1));
    node.configure("node.name: host-" + std::to_string(i + 1) + "\nnode.store.allow_mmap: false\n");
    std::vector<std::string> arguments;
    if (i == 0) {
      node.configure("transport.host: 0.0.0.0\n");
      (void)node.run_stock({"bin/esboot", "keystore", "create"});
      (void)node.run_stock({"bin/esboot", "keystore", "add", "-x", "bootstrap.password"},
                           std::string(kPassword) + "\n");
    } else {
      const std::string said(base::trim(
          nodes[i - 1]->run_stock({"bin/elasticsearch-create-enrollment-token", "-s", "node"})));
      // Where the tool has something to log, that comes first.
      const std::string token = base::split(said, '\n').back();
      REQUIRE(token.size() > 100);
      arguments = {"--enrollment-token", token};
    }
    running.push_back(start(node, starters[i], arguments));
    const std::string answer = node.authenticate_when_up(kPassword);
    CAPTURE(i);
    CAPTURE(node.text_of("err"));
    REQUIRE(answer == "200");
    CHECK(has_nodes(node, i + 1));
    const std::string yml = test_support::content(node.config() / "elasticsearch.yml");
    if (i > 0) CHECK(test_support::contains(yml, "\ntransport.host: 0.0.0.0\n"));
    if (i > 0) CHECK(test_support::contains(yml, "discovery.seed_hosts: [\"10.77.0."));
  }
  MESSAGE(version, ": nodes in the cluster: ",
          base::trim(nodes.front()->get("/_cat/nodes?h=name,ip", kPassword)));
  for (const auto& process : running) process->signal(SIGKILL);
}

}  // namespace

TEST_CASE("8.19.21: three hosts form a cluster by tokens") {
  form_cluster("8.19.21", {By::kEsboot, By::kEsboot, By::kEsboot});
}

TEST_CASE("9.5.3: three hosts form a cluster by tokens") {
  form_cluster("9.5.3", {By::kEsboot, By::kEsboot, By::kEsboot});
}

TEST_CASE("8.19.21: a node joins a cluster of the stock launcher, and a stock node joins that") {
  form_cluster("8.19.21", {By::kStock, By::kEsboot, By::kStock});
}
