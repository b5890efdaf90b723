// Clusters of three real nodes, each on a host of its own as far as the network goes.
#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iomanip>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "base/text.h"
#include "tests/support/child_process.h"
#include "tests/support/file_content.h"
#include "tests/support/full_run.h"
#include "tests/support/network_lab.h"
#include "tests/support/real_elasticsearch.h"
#include "tests/support/real_node.h"
#include "tests/support/report.h"

namespace {

namespace fs = std::filesystem;
using test_support::contains;
using test_support::content;
using test_support::eventually;
using test_support::NetworkLab;
using test_support::RealNode;

/// Three nodes share the processors with whatever else runs; a stock launcher is one JVM more.
constexpr std::chrono::minutes kPatience{6};

/// Who starts a node.
enum class By { kEsboot, kStock };

constexpr const char* name_of(By by) {
  return by == By::kStock ? "stock" : "esboot";
}

void report_row(const std::string& row) {
  static test_support::Report report(
      "ESBOOT_CLUSTER_REPORT", "Clusters", "Written by the cluster tests of `./dev test --full`,",
      "Real nodes, each in a network namespace of its own, on one bridge. The first makes\n"
      "the cluster; each other joins by an enrollment token of the node before it. Seconds\n"
      "are from the start of the node to its answer to `elastic` and its place in the\n"
      "cluster; the status is that of `GET /_security/_authenticate` on this node, at the\n"
      "end, with the password of `elastic` and with a wrong one.\n\n"
      "| version | cluster of | node | started by | seconds | number_of_nodes then, at the end "
      "| right password | wrong password |\n|---|---|---|---|---|---|---|---|");
  report.line(row);
}

std::string last_line(const std::string& text) {
  return base::split(base::trim(text), '\n').back();
}

/// The status for this password of elastic, once the node gives one that is about the password.
std::string answer_to(const RealNode& node, const std::string& password) {
  std::string status;
  eventually(
      [&] {
        status = node.authenticate(password);
        return status == "200" || status == "401";
      },
      kPatience);
  return status;
}

/// number_of_nodes of the cluster's health as this node sees it, once it is `count`; else the last
/// answer.
std::string node_count(const RealNode& node, const std::string& password, std::size_t count) {
  const std::string before = R"({"number_of_nodes":)";
  std::string seen;
  eventually(
      [&] {
        seen = node.get("/_cluster/health?filter_path=number_of_nodes", password);
        return seen == before + std::to_string(count) + "}";
      },
      kPatience);
  if (!seen.starts_with(before)) return seen;
  return seen.substr(before.size(), seen.size() - before.size() - 1);
}

struct Member {
  std::unique_ptr<RealNode> node;
  By by = By::kEsboot;
  std::unique_ptr<test_support::BackgroundProcess> process;
  std::string seconds;
  std::string count;  ///< number_of_nodes when it had come
};

/// The password of elastic in a cluster that `first` has just made, empty for none. That of the
/// stock launcher was for a terminal, so another is set, as an operator would.
std::string password_of(const Member& first) {
  if (first.by == By::kEsboot) {
    const fs::path file = first.node->config() / "initial_elastic_password";
    if (!eventually([&] { return fs::exists(file); }, kPatience)) return "";
    return std::string(base::trim(content(file)));
  }
  if (answer_to(*first.node, "unknown") != "401") return "";
  return last_line(first.node->run_stock(
      {"bin/elasticsearch-reset-password", "-u", "elastic", "--batch", "--silent"}));
}

void check_join(const Member& member) {
  const std::string yml = content(member.node->config() / "elasticsearch.yml");
  CHECK(contains(yml, "\ntransport.host: 0.0.0.0\n"));
  CHECK(contains(yml, "\ndiscovery.seed_hosts: ["));
  CHECK(contains(yml, "\"" + NetworkLab::address(1) + ":"));
  CHECK_FALSE(contains(yml, "\ncluster.initial_master_nodes"));
  CHECK_FALSE(fs::exists(member.node->config() / "initial_elastic_password"));
}

void check_and_report(const std::string& version, const std::vector<Member>& members,
                      const std::string& password) {
  for (std::size_t i = 0; i < members.size(); ++i) {
    const Member& member = members[i];
    const std::string at_end = node_count(*member.node, password, members.size());
    const std::string right = answer_to(*member.node, password);
    const std::string wrong = answer_to(*member.node, "wrong-" + password);
    CHECK(at_end == std::to_string(members.size()));
    CHECK(right == "200");
    CHECK(wrong == "401");
    std::string row = "| ";
    for (const std::string& cell :
         {version, std::string(name_of(members.front().by)), "host-" + std::to_string(i + 1),
          std::string(name_of(member.by)), member.seconds, member.count + ", " + at_end, right})
      row += cell + " | ";
    report_row(row + wrong + " |");
  }
}

/// Nodes of one version, each on a host of its own. The first of `starters` makes the cluster, each
/// other joins by a token of the one before it.
struct Cluster {
  Cluster(const std::string& version, const std::vector<By>& starters, const std::string& option)
      : members(starters.size()), lab(static_cast<int>(starters.size())) {
    const std::string test = "a cluster of " + version;
    if (!lab.failure().empty()) {
      test_support::report_skip(test, lab.failure());
      return;
    }
    for (std::size_t i = 0; i < starters.size(); ++i) {
      Member& member = members[i];
      const int number = static_cast<int>(i) + 1;
      member.by = starters[i];
      member.node = RealNode::make(test, version, option);
      if (!member.node) return;
      member.node->move_to(lab.host(number));
      member.node->configure("node.name: host-" + std::to_string(number) + "\n" +
                             "node.store.allow_mmap: false\n");
    }
    // Stock and esboot leave it to the operator to let the first node be reached from elsewhere.
    members.front().node->configure("transport.host: 0.0.0.0\n");
    ready = true;
  }

  void start(std::size_t i) {
    std::vector<std::string> arguments;
    if (i > 0) {
      const std::string token = last_line(members[i - 1].node->run_stock(
          {"bin/elasticsearch-create-enrollment-token", "-s", "node"}));
      REQUIRE(token.size() > 100);
      arguments = {"--enrollment-token", token};
    }
    Member& member = members[i];
    member.process = member.by == By::kStock ? member.node->start_stock(arguments)
                                             : member.node->start_piped(arguments);
  }

  // The lab goes first and ends the nodes, the server behind a stock launcher too; then their
  // files.
  std::vector<Member> members;
  test_support::NetworkLab lab;
  bool ready = false;
};

void form_cluster(const std::string& version, const std::vector<By>& starters,
                  const std::string& option = "") {
  Cluster cluster(version, starters, option);
  if (!cluster.ready) return;
  std::string password;
  for (std::size_t i = 0; i < starters.size(); ++i) {
    Member& member = cluster.members[i];
    CAPTURE(i);
    const auto begin = std::chrono::steady_clock::now();
    cluster.start(i);
    if (i == 0) password = password_of(member);
    const std::string answer = member.node->authenticate_when_up(password, kPatience);
    member.count = node_count(*member.node, password, i + 1);
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
    std::ostringstream seconds;
    seconds << std::fixed << std::setprecision(1) << taken.count();
    member.seconds = seconds.str();
    CAPTURE(member.node->text_of("out"));
    CAPTURE(member.node->text_of("err"));
    if (answer != "200" || member.count != std::to_string(i + 1))
      report_row("| " + version + " | " + name_of(cluster.members.front().by) + " | host-" +
                 std::to_string(i + 1) + " | " + name_of(member.by) + " | " + member.seconds +
                 " | did not come: " + member.count + " | " + answer + " | |");
    REQUIRE(answer == "200");
    REQUIRE(member.count == std::to_string(i + 1));
    if (i > 0) check_join(member);
  }
  check_and_report(version, cluster.members, password);
}

/// A password from bootstrap.password is in the keystore of one node, and in no index until it is
/// set: other nodes do not know it.
void bootstrap_password(By by) {
  Cluster cluster("8.19.21", {by, By::kEsboot}, "");
  if (!cluster.ready) return;
  const std::string password = "password-of-elastic";
  const RealNode& first = *cluster.members[0].node;
  const RealNode& second = *cluster.members[1].node;
  const std::string keystore =
      by == By::kStock ? "bin/elasticsearch-keystore" : "bin/esboot keystore";
  (void)first.run_stock(
      {"/bin/sh", "-c",
       keystore + " create && echo " + password + " | " + keystore + " add -x bootstrap.password"});
  cluster.start(0);
  REQUIRE(first.authenticate_when_up(password, kPatience) == "200");
  cluster.start(1);
  CHECK(node_count(first, password, 2) == "2");
  CHECK(answer_to(second, password) == "401");
  CHECK(eventually([&] { return first.set_password(password) == "200"; }, kPatience));
  CHECK(second.authenticate_when_up(password, kPatience) == "200");
}

}  // namespace

TEST_SUITE("a cluster" * doctest::skip(!test_support::is_full_run())) {
  TEST_CASE("8.19.21: three hosts form a cluster by tokens") {
    form_cluster("8.19.21", {By::kEsboot, By::kEsboot, By::kEsboot});
  }

  TEST_CASE("9.5.3: three hosts form a cluster by tokens") {
    form_cluster("9.5.3", {By::kEsboot, By::kEsboot, By::kEsboot});
  }

  TEST_CASE("8.19.21: ours joins a cluster of the stock launcher and then stock by our token") {
    form_cluster("8.19.21", {By::kStock, By::kEsboot, By::kStock});
  }

  TEST_CASE("8.19.21: stock joins a cluster of ours and then ours by its token") {
    form_cluster("8.19.21", {By::kEsboot, By::kStock, By::kEsboot});
  }

  TEST_CASE("9.5.3: ours joins a cluster of the stock launcher and then stock by our token") {
    form_cluster("9.5.3", {By::kStock, By::kEsboot, By::kStock}, "--with-encryption");
  }

  TEST_CASE("9.5.3: stock joins a cluster of ours and then ours by its token") {
    form_cluster("9.5.3", {By::kEsboot, By::kStock, By::kEsboot}, "--with-encryption");
  }

  TEST_CASE("8.19.21: a bootstrap password of a cluster counts on its own node until it is set") {
    for (const By by : {By::kStock, By::kEsboot}) bootstrap_password(by);
  }
}
