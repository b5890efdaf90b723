#include <doctest/doctest.h>

#include <csignal>
#include <fstream>
#include <iterator>
#include <string>

#include "base/text.h"
#include "tests/support/file_content.h"
#include "tests/support/real_node.h"

namespace {

namespace fs = std::filesystem;
using test_support::content;
using test_support::RealNode;

/// How many nodes the cluster has, as this one sees it.
std::string node_count(const RealNode& node, const std::string& password) {
  return node.get("/_cat/health?h=node.total", password);
}

/// The tool may log to stdout before it prints the token, such as that it waits for the cluster.
std::string last_line(const std::string& text) {
  return base::split(base::trim(text), '\n').back();
}

}  // namespace

TEST_CASE("8.19.21: a second node joins the first by a token of the stock tool") {
  const auto first = RealNode::make("a real node joins another", "8.19.21");
  if (!first) return;
  const auto second = RealNode::make("a real node joins another", "8.19.21");
  const auto running = first->start_piped();
  const auto file = first->config() / "initial_elastic_password";
  REQUIRE(test_support::eventually([&] { return fs::exists(file); }, std::chrono::seconds(60)));
  const std::string password(base::trim(content(file)));
  REQUIRE(first->authenticate_when_up(password) == "200");

  const std::string token =
      last_line(first->run_stock({"bin/elasticsearch-create-enrollment-token", "-s", "node"}));
  REQUIRE(token.size() > 100);
  const auto joining = second->start_piped({"--enrollment-token", token});
  CHECK(second->authenticate_when_up(password) == "200");
  CHECK(test_support::eventually(
      [&] {
        const std::string count = node_count(*second, password);
        return count.starts_with('2') || count.find("\n2") != std::string::npos;
      },
      std::chrono::seconds(60)));
  CHECK(
      content(second->config() / "elasticsearch.yml").find("discovery.seed_hosts: [\"127.0.0.1:") !=
      std::string::npos);
  CHECK_FALSE(fs::exists(second->config() / "initial_elastic_password"));
  joining->signal(SIGKILL);
  running->signal(SIGKILL);
}
