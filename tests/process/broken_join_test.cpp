// The whole program, with the one system call after the other broken by which it changes files,
// while it joins a cluster and while it is reconfigured. commit_fault_test.cpp does the same to the
// commit alone, at every call.
#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "launcher/yml_block.h"
#include "tests/support/child_process.h"
#include "tests/support/file_content.h"
#include "tests/support/full_run.h"
#include "tests/support/https_stand_in.h"
#include "tests/support/real_elasticsearch.h"
#include "tests/support/stand_in_node.h"

namespace {

namespace fs = std::filesystem;
using test_support::contains;
using test_support::content;
using test_support::HttpsStandIn;
using test_support::StandInNode;

/// A cluster to join, and a node whose configuration can be put back.
class Scene {
 public:
  Scene()
      : cluster_(test_support::http_reply(200, test_support::enroll_body({"127.0.0.1:9300"}))),
        token_(test_support::make_token({cluster_.address()}, cluster_.ca_sha256_hex())) {}

  StandInNode& node() { return node_; }
  [[nodiscard]] const std::string& token() const { return token_; }
  /// How often the cluster was asked.
  [[nodiscard]] std::size_t asked() const { return cluster_.requests().size(); }

  void keep() { fs::copy(node_.config(), node_.log("kept"), fs::copy_options::recursive); }
  void put_back() {
    fs::remove_all(node_.config());
    fs::copy(node_.log("kept"), node_.config(), fs::copy_options::recursive);
    test_support::give_to_test_user(node_.config());
  }

  /// Runs the program with a fault at the k-th call of one name, in whichever of its processes.
  /// False: there was no such call before it became the JVM.
  bool run_with_fault(const std::string& call, const std::string& fault, int k,
                      const std::vector<std::string>& arguments, int* exit_code) {
    std::vector<std::string> argv{"/usr/bin/strace",
                                  "-f",
                                  "-o",
                                  node_.log("strace").string(),
                                  "-e",
                                  "trace=execve," + call,
                                  "-e",
                                  "inject=" + call + ":" + fault + ":when=" + std::to_string(k)};
    for (const std::string& word : node_.command(arguments)) argv.push_back(word);
    *exit_code = test_support::run_child({argv, "", node_.environment, "/"}).exit_code;
    const std::string trace = content(node_.log("strace"));
    const auto jvm = trace.find("/jdk/bin/java\"");
    return std::min(trace.find("INJECTED"), trace.find("killed by SIGKILL")) < jvm;
  }

  /// The configuration is whole, and nothing of an attempt is left.
  void check_whole() {
    const auto found = node_.start({"doctor"});
    CAPTURE(found.out);
    CHECK(found.exit_code == 0);
    const std::string yml = content(node_.config() / "elasticsearch.yml");
    CHECK(yml.find(launcher::kYmlBlockBegin) == yml.rfind(launcher::kYmlBlockBegin));
    CHECK(contains(yml, "cluster.initial_master_nodes") != contains(yml, "discovery.seed_hosts"));
    for (const auto& entry : fs::recursive_directory_iterator(node_.config())) {
      const std::string name = entry.path().filename();
      for (const char* const mark : {"esboot", ".tmp", ".orig"}) CHECK_FALSE(contains(name, mark));
    }
  }

 private:
  HttpsStandIn cluster_;
  std::string token_;
  // 8.13 writes format 5, whose key derivation costs a twentieth of that of later formats.
  StandInNode node_{"8.13.4"};
};

struct Count {
  int points = 0;
  int changed = 0;
};

/// System calls, and what strace does at one of them.
std::vector<std::pair<std::string, std::string>> faults() {
  const std::string rename = "rename,renameat,renameat2";
  const std::string write = "write,writev,pwrite64";
  std::vector<std::pair<std::string, std::string>> all{{rename, "signal=KILL"}};
  if (!test_support::is_full_run()) return all;
  // The first write is to an eventfd of the HTTP client, where there are no errors.
  all.insert(all.end(), {{rename, "error=EIO"}, {write, "signal=KILL"}});
  for (const char* const calls : {"fsync,fdatasync", "mkdir,mkdirat", "unlink,unlinkat,rmdir",
                                  "link,linkat,symlink,symlinkat", "chmod,fchmod,fchmodat",
                                  "chown,lchown,fchown,fchownat", "ftruncate,fallocate"})
    for (const char* const fault : {"signal=KILL", "error=EIO"}) all.emplace_back(calls, fault);
  return all;
}

/// Breaks the command at every call by which it changes files. `check` gets the exit code of the
/// broken run and says whether that had changed the node.
Count break_everywhere(Scene* scene, const std::vector<std::string>& arguments,
                       const std::function<bool(int)>& check) {
  Count count;
  for (const auto& [call, fault] : faults())
    for (int k = 1;; ++k) {
      scene->put_back();
      int exit_code = 0;
      if (!scene->run_with_fault(call, fault, k, arguments, &exit_code)) break;
      CAPTURE(call);
      CAPTURE(fault);
      CAPTURE(k);
      ++count.points;
      if (check(exit_code)) ++count.changed;
    }
  return count;
}

bool has_strace(const std::string& test) {
  if (fs::exists("/usr/bin/strace")) return true;
  test_support::report_skip(test, "strace is not installed");
  return false;
}

}  // namespace

TEST_CASE("a start that is broken while it joins has joined or not, and the next one joins") {
  if (!has_strace("a broken join")) return;
  Scene scene;
  scene.keep();
  StandInNode& node = scene.node();
  // As a container has it: a later start may find it done.
  node.environment["ENROLLMENT_TOKEN"] = scene.token();
  const auto count = break_everywhere(&scene, {"start"}, [&](int exit_code) {
    const auto asked = scene.asked();
    const auto next = node.start({"start"});
    CAPTURE(next.err);
    CHECK(next.exit_code == 0);
    const bool had_joined = scene.asked() == asked;
    if (exit_code == 0) CHECK(had_joined);
    CHECK(contains(content(node.config() / "elasticsearch.yml"), "discovery.seed_hosts: ["));
    scene.check_whole();
    return had_joined;
  });
  MESSAGE("points of a join: ", count.points, ", of them after the commit: ", count.changed);
  CHECK(count.points > 3);
  CHECK(count.changed > 0);
}

TEST_CASE("a reconfiguration that is broken is done or not, and can be done then") {
  if (!has_strace("a broken reconfiguration")) return;
  Scene scene;
  StandInNode& node = scene.node();
  REQUIRE(node.start({"configure", "--key-type", "p256"}).exit_code == 0);
  scene.keep();
  const std::string old_ca = content(node.config() / "certs/http_ca.crt");
  const std::vector<std::string> command{"reconfigure", "--yes", "--enrollment-token",
                                         scene.token()};
  const auto count = break_everywhere(&scene, command, [&](int exit_code) {
    const auto next = node.start();
    CAPTURE(next.err);
    CHECK(next.exit_code == 0);
    const bool is_new =
        contains(content(node.config() / "elasticsearch.yml"), "discovery.seed_hosts: [");
    if (exit_code == 0) CHECK(is_new);
    CHECK((content(node.config() / "certs/http_ca.crt") == old_ca) != is_new);
    CHECK(fs::exists(node.config() / "initial_elastic_password") != is_new);
    scene.check_whole();
    if (!is_new) {
      CHECK(node.start(command).exit_code == 0);
      scene.check_whole();
    }
    return is_new;
  });
  MESSAGE("points of a reconfiguration: ", count.points,
          ", of them after the commit: ", count.changed);
  CHECK(count.points > 3);
  CHECK(count.changed > 0);
}
