// The shipped program in a root directory that holds nothing but the node: no libraries, no /proc,
// no /dev, no /etc.
#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/certificate_files.h"
#include "tests/support/child_process.h"
#include "tests/support/real_elasticsearch.h"
#include "tests/support/stand_in_node.h"

namespace fs = std::filesystem;
using test_support::StandInNode;

namespace {

constexpr std::uintmax_t kLargestProgram = 9'000'000;

/// Runs bin/esboot of the node with the node's own directory as the root, as the node's user.
test_support::ChildResult in_empty_root(const StandInNode& node,
                                        const std::vector<std::string>& arguments) {
  const std::string id = std::to_string(test_support::test_uid());
  std::vector<std::string> argv{"/usr/sbin/chroot", "--userspec=" + id + ":" + id,
                                "--groups=", node.log(""), "/es/bin/esboot"};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return test_support::run_child({argv,
                                  "",
                                  {{"ES_JAVA_HOME", "/jdk"},
                                   {"ES_TMPDIR", "/tmp"},
                                   {"ES_HOME", ""},
                                   {"ESBOOT_STAND_IN", "/jdk"}},
                                  "/"});
}

bool can_chroot(const std::string& test) {
  if (geteuid() == 0) return true;
  test_support::report_skip(test, "chroot needs root");
  return false;
}

}  // namespace

TEST_CASE("package: the static program is below 9 MB and asks for no shared library") {
  CHECK(fs::file_size(test_support::esboot_binary()) < kLargestProgram);
  const auto version = test_support::run_child(
      {{test_support::esboot_binary(), "--version", "--json"}, "", {}, "/"});
  CHECK(version.exit_code == 0);
  INFO(version.out);
  CHECK(version.out.find(R"("linkage":"static")") != std::string::npos);
  CHECK(version.out.find(R"({"name":"OpenSSL","version":"3.)") != std::string::npos);
  CHECK(test_support::run_child({{test_support::esboot_binary(), "version", "--json"}, "", {}, "/"})
            .out == version.out);
  const auto dynamic = test_support::run_child(
      {{std::string(ESBOOT_BINARY_DIR) + "/dynamic/esboot", "version", "--json"}, "", {}, "/"});
  CHECK(dynamic.out.find(R"("linkage":"dynamic")") != std::string::npos);
}

TEST_CASE("package: no file of the build tells where it was built") {
  for (const std::string program : {"/release/esboot", "/dynamic/esboot"}) {
    const std::string bytes = test_support::read_whole_file(ESBOOT_BINARY_DIR + program);
    CHECK(bytes.size() > 1'000'000);
    CHECK(bytes.find(ESBOOT_SOURCE_DIR) == std::string::npos);
  }
}

TEST_CASE("package: the keystore commands run in an empty root") {
  if (!can_chroot("keystore in an empty root")) return;
  const StandInNode node;
  CHECK(in_empty_root(node, {"version"}).exit_code == 0);
  const auto created = in_empty_root(node, {"keystore", "create"});
  INFO(created.err);
  CHECK(created.exit_code == 0);
  CHECK(in_empty_root(node, {"keystore", "list"}).out == "keystore.seed\n");
}

TEST_CASE("package: a whole first start runs in an empty root") {
  if (!can_chroot("a first start in an empty root")) return;
  StandInNode node;
  const auto started = in_empty_root(node, {"start", "-E", "node.name=alone"});
  INFO(started.err);
  CHECK(started.exit_code == 0);
  CHECK(node.record().complete);
  for (const char* const file : {"certs/http.p12", "certs/transport.p12", "certs/http_ca.crt",
                                 "elasticsearch.keystore", "initial_elastic_password"})
    CHECK_MESSAGE(fs::exists(node.config() / file), file);
  const auto restarted = in_empty_root(node, {"check"});
  INFO(restarted.out << restarted.err);
  CHECK(restarted.exit_code == 3);
}
