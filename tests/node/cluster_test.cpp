// Clusters of three real nodes, each on a host of its own as far as the network goes.
#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iomanip>
#include <memory>
#include <string>
#include <vector>

#include "base/text.h"
#include "tests/support/child_process.h"
#include "tests/support/file_content.h"
#include "tests/support/full_run.h"
#include "tests/support/network_lab.h"
#include "tests/support/real_elasticsearch.h"
#include "tests/support/real_node.h"

namespace {

namespace fs = std::filesystem;
using test_support::contains;
using test_support::content;
using test_support::eventually;
using test_support::NetworkLab;
using test_support::RealNode;

/// Who starts a node.
enum class By { kEsboot, kStock };

constexpr const char* name_of(By by) {
  return by == By::kStock ? "stock" : "esboot";
}

std::ofstream begin_report(const char* file) {
  std::ofstream out(file);
  out << "# Clusters\n\nWritten by `./dev test --full node cluster`, "
      << test_support::run_child(
             {{"/bin/sh", "-c",
               "cd " ESBOOT_SOURCE_DIR
               "; echo \"$(date -u +%F), commit $(git rev-parse --short HEAD).\""},
              "",
              {},
              "/"})
             .out
      << "\nReal nodes, each in a network namespace of its own, on one bridge. The first makes "
         "the\n"
         "cluster; each other joins by an enrollment token of the node before it. Seconds are "
         "from\n"
         "the start of the node to its answer to `elastic` and its place in the cluster; the "
         "status\n"
         "is that of `GET /_security/_authenticate` on this node, at the end, with the password "
         "of\n"
         "`elastic` and with a wrong one.\n\n"
         "| version | cluster of | node | started by | seconds | number_of_nodes then, at the end "
         "| right password | wrong password |\n|---|---|---|---|---|---|---|---|\n"
      << std::flush;
  return out;
}

/// One line of the file that ESBOOT_CLUSTER_REPORT names; nothing where it names none.
void report_row(const std::string& row) {
  static const char* const file = std::getenv("ESBOOT_CLUSTER_REPORT");
  if (file == nullptr) return;
  static std::ofstream out = begin_report(file);
  out << row << std::endl;
}

std::string last_line(const std::string& text) {
  return base::split(base::trim(text), '\n').back();
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
      std::chrono::minutes(2));
  if (!seen.starts_with(before)) return seen;
  return seen.substr(before.size(), seen.size() - before.size() - 1);
}

struct Member {
  std::unique_ptr<RealNode> node;
  By by = By::kEsboot;
  std::unique_ptr<test_support::BackgroundProcess> process;
  std::string seconds;
  std::string count;  ///< number_of_nodes when it had come

  void start(const std::vector<std::string>& arguments) {
    process = by == By::kStock ? node->start_stock(arguments) : node->start_piped(arguments);
  }
};

/// The password of elastic in a cluster that `first` has just made, empty for none. That of the
/// stock launcher was for a terminal, so another is set, as an operator would.
std::string password_of(const Member& first) {
  if (first.by == By::kEsboot) {
    const fs::path file = first.node->config() / "initial_elastic_password";
    if (!eventually([&] { return fs::exists(file); }, std::chrono::minutes(1))) return "";
    return std::string(base::trim(content(file)));
  }
  if (!eventually([&] { return first.node->authenticate("unknown") == "401"; },
                  std::chrono::minutes(3)))
    return "";
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
    const std::string right = member.node->authenticate(password);
    const std::string wrong = member.node->authenticate("wrong-" + password);
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

/// The first of `starters` forms the cluster, each other joins by a token of the one before it.
void form_cluster(const std::string& version, const std::vector<By>& starters,
                  const std::string& option = "") {
  const std::string test = "a cluster of three hosts, " + version;
  std::vector<Member> members(starters.size());
  for (std::size_t i = 0; i < starters.size(); ++i) {
    members[i].by = starters[i];
    members[i].node = RealNode::make(test, version, option);
    if (!members[i].node) return;
  }
  const NetworkLab lab(static_cast<int>(starters.size()));
  if (!lab.failure().empty()) return test_support::report_skip(test, lab.failure());
  std::string password;
  for (std::size_t i = 0; i < members.size(); ++i) {
    Member& member = members[i];
    RealNode& node = *member.node;
    const int number = static_cast<int>(i) + 1;
    CAPTURE(number);
    node.move_to(lab.host(number));
    node.configure("node.name: host-" + std::to_string(number) + "\n" +
                   "node.store.allow_mmap: false\n");
    std::vector<std::string> arguments;
    if (i == 0) {
      // Stock and esboot leave it to the operator to let the first node be reached from elsewhere.
      node.configure("transport.host: 0.0.0.0\n");
    } else {
      const std::string token = last_line(members[i - 1].node->run_stock(
          {"bin/elasticsearch-create-enrollment-token", "-s", "node"}));
      REQUIRE(token.size() > 100);
      arguments = {"--enrollment-token", token};
    }
    const auto begin = std::chrono::steady_clock::now();
    member.start(arguments);
    if (i == 0) password = password_of(member);
    const std::string answer = node.authenticate_when_up(password);
    member.count = node_count(node, password, i + 1);
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
    std::ostringstream seconds;
    seconds << std::fixed << std::setprecision(1) << taken.count();
    member.seconds = seconds.str();
    CAPTURE(node.text_of("out"));
    CAPTURE(node.text_of("err"));
    REQUIRE(answer == "200");
    REQUIRE(member.count == std::to_string(i + 1));
    if (i > 0) check_join(member);
  }
  check_and_report(version, members, password);
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
}
