// Canaries: secrets that are looked for everywhere but where they belong.
#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/child_process.h"
#include "tests/support/configured_node.h"
#include "tests/support/file_content.h"
#include "tests/support/process_memory.h"
#include "tests/support/real_elasticsearch.h"
#include "tests/support/server_args_decoder.h"
#include "tests/support/stored_secrets.h"

namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;
using test_support::BackgroundProcess;
using test_support::contains;
using test_support::content;
using test_support::StandInNode;

const std::string kPassword = "canary-of-elastic-0451";
const std::string kPassphrase = "canary-passphrase-0452";
const std::string kStored = "canary-stored-value-0453";
constexpr const char* kRenames = "rename,renameat,renameat2";
const std::vector<std::string> kCanaries{kPassword, kPassphrase, kStored};

/// A node whose keystore has a passphrase and a value, before its first start.
struct CanaryNode : StandInNode {
  CanaryNode() {
    put(log("passphrase"), kPassphrase);
    put(log("value"), kStored);
    chmod(log("passphrase").c_str(), 0600);
    for (const std::vector<std::string>& arguments :
         {std::vector<std::string>{"keystore", "create"},
          {"keystore", "add-file", "s3.client.default.secret_key", log("value").string()}})
      REQUIRE(start(arguments).exit_code == 0);
    protect();
    fs::remove(log("value"));
    fs::remove(log("passphrase"));
    environment["ELASTIC_PASSWORD"] = kPassword;
    environment["KEYSTORE_PASSWORD"] = kPassphrase;
  }

  /// Sets the passphrase, by the lines that the command asks for.
  void protect() {
    test_support::ChildRequest request{command({"keystore", "passwd"}),
                                       kPassphrase + "\n" + kPassphrase + "\n", environment, "."};
    request.argv.insert(request.argv.begin(), "/usr/bin/env");
    const auto done = test_support::run_child(request);
    REQUIRE_MESSAGE(done.exit_code == 0, done.err);
  }

  /// Every file of the node with a canary in it, but the record of what the JVM was given.
  [[nodiscard]] std::vector<std::string> files_with_a_canary() const {
    std::vector<std::string> found;
    for (const auto& entry : fs::recursive_directory_iterator(log(""))) {
      if (!entry.is_regular_file() || entry.path() == jdk() / "record/stdin") continue;
      const std::string bytes = content(entry.path());
      for (const std::string& canary : kCanaries)
        if (contains(bytes, canary)) found.push_back(entry.path().string());
    }
    return found;
  }
};

/// Runs the start under strace, which holds it for some seconds before each of some calls.
struct HeldStart {
  HeldStart(const CanaryNode& node, const std::string& call) {
    BackgroundProcess::Request request;
    const std::string delay = "inject=" + call + ":delay_enter=4s:when=1+";
    request.argv = {"strace",        "-f", "-o", node.log("trace").string(), "-e",
                    "trace=" + call, "-e", delay};
    for (const std::string& word : node.command({"--relay=no", "--key-type=p256"}))
      request.argv.push_back(word);
    request.environment = node.environment;
    request.before_exec = [] {
      const rlimit usual{8 << 20, 8 << 20};
      setrlimit(RLIMIT_MEMLOCK, &usual);
    };
    request.out_file = "/dev/null";
    request.err_file = node.log("err").string();
    strace = std::make_unique<BackgroundProcess>(request);
    REQUIRE(test_support::eventually([&] { return held = waiting_esboot(node), held != 0; },
                                     seconds(20)));
  }

  /// The esboot of this node that stands still: it is in the call's delay.
  static pid_t waiting_esboot(const CanaryNode& node) {
    std::error_code gone;
    for (const auto& entry : fs::directory_iterator("/proc", gone)) {
      if (fs::read_symlink(entry.path() / "exe", gone) != node.home() / "bin/esboot") continue;
      const std::string before = content(entry.path() / "schedstat");
      if (contains(content(entry.path() / "stat"), ") t ")) {
        usleep(300'000);
        if (content(entry.path() / "schedstat") == before)
          return std::atoi(entry.path().filename().c_str());
      }
    }
    return 0;
  }

  std::unique_ptr<BackgroundProcess> strace;
  pid_t held = 0;
};

}  // namespace

TEST_CASE("no canary is in a file, a command line, an environment, a log or the relay") {
  if (geteuid() != 0)
    return test_support::report_skip("canaries in memory", "only root can look into it");
  CanaryNode node;
  node.script("ready\nsleep 3000");
  node.environment["VISIBLE"] = "plain-value-of-a-variable";
  const auto process = node.launch({"--key-type=p256"});
  REQUIRE(test_support::eventually([&] { return node.record().complete; }, seconds(20)));
  // They did arrive where they belong.
  const auto args = test_support::decode_server_args(node.record().stdin_bytes);
  REQUIRE(args.has_value());
  CHECK(args->secrets.at("s3.client.default.secret_key") == kStored);
  CHECK(args->secrets.at("bootstrap.password") == kPassword);
  CHECK(node.files_with_a_canary().empty());
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const std::string pid = entry.path().filename();
    if (pid.find_first_not_of("0123456789") != std::string::npos || std::stoi(pid) == getpid())
      continue;
    for (const char* const file : {"cmdline", "environ"})
      for (const std::string& canary : kCanaries)
        CHECK_FALSE(contains(content(entry.path() / file), canary));
  }
  const pid_t relay = test_support::relay_of(process->pid());
  REQUIRE(relay != 0);
  for (const std::string& canary : kCanaries)
    CHECK(test_support::search_memory(relay, canary).found.empty());
  CHECK_FALSE(test_support::search_memory(relay, "plain-value-of-a-variable").found.empty());
}

TEST_CASE("while a start holds secrets, no page of them can be swapped") {
  if (geteuid() != 0)
    return test_support::report_skip("canaries in pages", "only root can look into them");
  for (const std::string call : {kRenames, "execve"}) {
    CAPTURE(call);
    CanaryNode node;
    const HeldStart start(node, call);
    std::size_t locked = 0;
    for (const std::string& canary : kCanaries) {
      const auto search = test_support::search_memory(start.held, canary);
      CHECK(search.bytes_seen > 1'000'000);
      for (const test_support::MemoryPlace& place : search.found) {
        CAPTURE(canary);
        CAPTURE(place.mapping);
        CHECK(place.locked);
        if (place.locked) ++locked;
      }
    }
    CHECK(locked > 0);
  }
}

TEST_CASE("a start that breaks while it holds secrets leaves no core dump") {
  if (geteuid() != 0) return test_support::report_skip("core dump", "strace of it needs root");
  CanaryNode node;
  const rlimit unlimited{RLIM_INFINITY, RLIM_INFINITY};
  setrlimit(RLIMIT_CORE, &unlimited);
  const HeldStart start(node, kRenames);
  kill(start.held, SIGABRT);
  REQUIRE(start.strace->wait(seconds(30)).has_value());
  const std::string trace = content(node.log("trace"));
  CHECK(contains(trace, "+++ killed by SIGABRT +++"));
  CHECK_FALSE(contains(trace, "core dumped"));
  CHECK(node.files_with_a_canary().empty());
}
